"""Hashes of files, to compare a download with its pin."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from harness.errors import SourceError


def sha256_file(path: Path) -> str:
    """Lower-case hexadecimal sha256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git_blob_sha1(path: Path) -> str:
    """Git's object name of a file: the sha1 of a header with the size, followed by the content."""
    digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def require_hash(actual: str, expected: str, *, file: str, where: str) -> None:
    """Pass if both hashes are equal.

    Raises:
        SourceError: they differ; names the file and both hashes.
    """
    if actual != expected:
        raise SourceError(
            f"{file} has the wrong hash {actual}",
            where=where,
            expected=expected,
            hint="repeat the fetch; if the error stays, the origin changed the file or the pin is wrong: "
            "compare with the hash that the origin publishes before you change the pin",
        )


def hash_tree(folder: Path) -> dict[str, str]:
    """Relative path (with `/`) -> sha256 of every file below `folder`, sorted by path."""
    files = [Path(parent, name) for parent, _, names in os.walk(folder) for name in names]
    hashes = {path.relative_to(folder).as_posix(): sha256_file(path) for path in files}
    return dict(sorted(hashes.items()))
