"""CITATION.cff says what the package says."""

from __future__ import annotations

import tomllib

from harness import __version__
from harness.config.strict import read_yaml
from tests.tree import ROOT


def test_version_and_licence_are_those_of_the_package() -> None:
    cited = read_yaml(ROOT / "CITATION.cff")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
    assert (cited["version"], cited["license"]) == (__version__, project["license"])
