"""A hash of the code and the packages that the result of a suite depends on."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import harness
from harness.fingerprint.fingerprint import BESIDE_TORCH, module_counts, package_counts
from harness.fingerprint.import_closure import Closure, Imports
from harness.fingerprint.locked_packages import distribution_of
from harness.fingerprint.source_text import source_hash
from harness.measure.provenance import stable_hash

SCORE = "harness.scoring.score"
UNIT = "score.json"
"""The fingerprint of the stage `score`, whose rules say which modules and packages count."""


class CodeHashes:
    """Hashes of the code that runs now, one for each kind of suite. Each file is read once."""

    def __init__(self, methods: Iterable[str], *, root: Path | None = None) -> None:
        """`methods`: names in harness/methods/ that load the model. `root`: the folder that holds `harness/`; null:
        that of the package that runs."""
        self.root = root or Path(str(harness.__file__)).parents[1]
        # the kinds are left out, because a suite uses one of them
        self._imports = Imports(self.root, loaded_by_name={})
        self._roots = [SCORE, *(f"harness.methods.{name}" for name in sorted(set(methods)))]
        self._source_hash = cache(source_hash)

    def of_kind(self, kind: str | None) -> str:
        """Hash of every module that scoring a suite of this kind can use, and of the installed packages they import.

        Comments and docstrings do not count. `kind` null: of what scoring uses without any kind.
        """
        kinds = [f"harness.scoring.kinds.{kind}"] if kind else []
        closure = self._imports.closure([*self._roots, *kinds])
        modules = [(path.relative_to(self.root).as_posix(), path) for path in closure.modules]
        counted = {name: self._source_hash(path) for name, path in modules if module_counts(name, UNIT)}
        return stable_hash({"modules": counted, "packages": installed(closure)})


def installed(closure: Closure) -> dict[str, str]:
    """Distribution -> installed version of every package that the closure can use, and the version of Python."""
    names = {distribution_of(name) for name in (*closure.packages, *closure.optional)}
    names |= set(BESIDE_TORCH) if "torch" in names else set()
    found = {"python": platform.python_version()}
    for name in sorted(names):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue  # an optional package
    return {name: release for name, release in found.items() if package_counts(name, UNIT)}
