"""Fetch a file or folder of this machine: copy it, so that the pipeline depends on fixed content."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from harness.config.source import PathSource
from harness.errors import SourceError
from harness.sources.checksum import hash_tree, require_hash, sha256_file
from harness.sources.selection import require_matches, wanted


def fetch_path(source: PathSource, folder: Path, *, root: Path, where: str) -> None:
    """Copy the file, or all files of the folder, into `folder`.

    Raises:
        SourceError: as `local_files`; also if the hash is wrong, or the path is inside or above data/sources/.
    """
    origin, sources = (root / source.path).resolve(), folder.resolve().parent
    if origin.is_relative_to(sources) or sources.is_relative_to(origin):
        hint = "move your file to another folder; `harness fetch` overwrites data/sources/"
        raise SourceError(f"{source.path} is inside data/sources/ or contains it", where=where, hint=hint)
    for name, path in local_files(source, root=root, where=where).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    if source.sha256:
        copied = hash_tree(folder)
        actual = folder_hash(copied) if origin.is_dir() else copied[origin.name]
        require_hash(actual, source.sha256, file=source.path, where=where)


def folder_hash(files: Mapping[str, str]) -> str:
    """sha256 of a folder, given relative path -> sha256 of its files: of lines `sha256  path`, sorted by path.

    `sha256sum` prints such lines too.
    """
    lines = "".join(f"{files[name]}  {name}\n" for name in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def local_hashes(source: PathSource, *, root: Path, where: str) -> dict[str, str]:
    """Relative path -> sha256 of the files that the path holds now.

    Raises:
        SourceError: as `local_files`.
    """
    return {name: sha256_file(path) for name, path in local_files(source, root=root, where=where).items()}


def local_files(source: PathSource, *, root: Path, where: str) -> dict[str, Path]:
    """Relative path (with `/`) -> file, sorted. Links to files are followed.

    Raises:
        SourceError: the path is missing or holds no file; it holds a link to a folder, a broken link or a device; no
            file matches the globs of the entry.
    """
    origin = root / source.path
    if origin.is_file():
        return {origin.name: origin}
    if not origin.is_dir():
        hint = "correct `path` in data/sources.yaml; relative paths start at the project's root"
        raise SourceError(f"{source.path} does not exist", where=where, expected="a file or a folder", hint=hint)
    found: dict[str, Path] = {}
    for parent, folders, names in os.walk(origin):
        odd = [Path(parent, name) for name in folders if Path(parent, name).is_symlink()]
        odd += [Path(parent, name) for name in names if not Path(parent, name).is_file()]
        if odd:
            what = f"{odd[0].relative_to(origin).as_posix()} is a link to a folder, a broken link or a device"
            hint = "remove it, or put a copy of the file in its place"
            raise SourceError(f"in {source.path}, {what}", where=where, expected="plain files and folders", hint=hint)
        found.update({Path(parent, name).relative_to(origin).as_posix(): Path(parent, name) for name in names})
    if not found:
        raise SourceError(f"the folder {source.path} holds no file", where=where, hint="correct `path`")
    selected = {name: path for name, path in sorted(found.items()) if wanted(name, source.files)}
    if not selected:
        require_matches(sorted(found), source.files, where=where)
    return selected
