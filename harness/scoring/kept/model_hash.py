"""A hash of the model that is scored: its files, its recipe, its base model and its parents."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from harness.measure.provenance import stable_hash
from harness.training.contract import LoadContext


def model_hash(context: LoadContext) -> str:
    """sha256 over all files that the method can load, and over the recipe's `run` with the family's defaults."""
    return stable_hash(_facts(context))


def _facts(context: LoadContext) -> dict[str, Any]:
    return {
        "run": context.recipe.run.model_dump(mode="json"),
        "files": _files(context.folder),
        "base": _files(context.base) if context.base else None,
        "parents": {role: _facts(parent) for role, parent in context.parents.items()},
    }


def _files(folder: Path) -> dict[str, str]:
    """Relative path -> sha256 of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _sha256(path) for path in files}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
