from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.config.source import InstalledSource
from harness.errors import SourceError
from harness.sources.checksum import hash_tree
from harness.sources.installed import fetch_installed
from harness.sources.local_path import folder_hash
from tests.tree import ROOT

PACKAGE = "ruamel.yaml"
FILE = "ruamel/yaml/comments.py"


def entry(*, version: str | None = None, sha256: str = "0" * 64, files: tuple[str, ...] = (FILE,)) -> InstalledSource:
    pinned = version or metadata.version(PACKAGE)
    return InstalledSource(
        kind="installed", package=PACKAGE, version=pinned, sha256=sha256, files=files, licence="MIT", origin="them"
    )


def test_files_of_the_installed_package_are_copied_and_checked(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="wrong hash"):
        fetch_installed(entry(), tmp_path, where="here")
    right = folder_hash(hash_tree(tmp_path))
    fetch_installed(entry(sha256=right), tmp_path, where="here")
    assert "CommentedMap" in (tmp_path / FILE).read_text()


def test_another_version_or_package_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is installed") as raised:
        fetch_installed(entry(version="0.0.1"), tmp_path, where="here")
    assert "make setup" in str(raised.value)
    with pytest.raises(SourceError, match="not installed"):
        fetch_installed(entry().model_copy(update={"package": "no-such-package"}), tmp_path, where="here")
    with pytest.raises(SourceError, match="matches nothing"):
        fetch_installed(entry(files=("nothing/*",)), tmp_path, where="here")


def test_the_sources_of_installed_packages_are_pinned_to_the_locked_versions() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    sources = [one for one in Project(ROOT).sources.values() if isinstance(one, InstalledSource)]
    assert sources
    for source in sources:
        assert re.search(rf"(?m)^{source.package}=={re.escape(source.version)}\b", lock)
