"""Which weights an adapter was trained on. On other weights it would give wrong answers without any error."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import DataError
from harness.sources.checksum import sha256_file
from harness.training.registry import started_from

if TYPE_CHECKING:
    from harness.training.contract import LoadContext

FILE = "base.json"
"""File beside the adapter: name and hash of the weights that it was trained on."""

WEIGHTS = (".safetensors", ".bin", ".gguf")


def weights_hash(context: LoadContext) -> str:
    """sha256 over the weight files that the run starts from: those of its parent, if it has one, and of the base.

    Raises:
        DataError: the folder holds no weights.
    """
    import hashlib

    parent = started_from(context)
    folder = parent.folder if parent else context.base
    hashes = _file_hashes(folder) if folder else ""
    if not hashes:
        raise DataError("no weights here", where=str(folder), hint="run `dvc repro base`")
    before = weights_hash(parent) if parent and parent.base else ""
    return hashlib.sha256(f"{hashes}{before}".encode()).hexdigest()


def _file_hashes(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.suffix in WEIGHTS)
    states = [(path, path.stat()) for path in files]
    return "".join(_hash(path, state.st_size, state.st_mtime_ns) for path, state in states)


@cache
def _hash(path: Path, size: int, changed: int) -> str:
    """Computed once per process, and again if the file's size or time of change differs."""
    return sha256_file(path)


def write_base(context: LoadContext, folder: Path) -> None:
    """Write beside an adapter which weights it was trained on."""
    content = {"name": context.base_name, "weights_sha256": weights_hash(context)}
    (folder / FILE).write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")


def require_same_base(context: LoadContext, folder: Path) -> None:
    """Refuse to put an adapter on weights it was not trained on.

    Raises:
        DataError: naming both.
    """
    path = folder / FILE
    if not path.is_file():
        raise DataError("the file that names the adapter's base is missing", where=str(path), hint="train it again")
    noted, found = json.loads(path.read_text()), weights_hash(context)
    if noted["weights_sha256"] != found:
        raise DataError(
            f"the adapter was trained on other weights: {context.base_name} here has the sha256 {found}",
            where=str(folder),
            expected=f"{noted['name']} with the sha256 {noted['weights_sha256']}",
            hint="train it again on this base, or bring the old one back with `dvc checkout`",
        )
