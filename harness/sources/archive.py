"""Extract the wanted files of a zip, wheel, tar or tar.gz archive, without trusting the archive.

`zipfile` and `tarfile` (with its `data` filter) do the extraction. This module adds what they leave out: limits,
refusal of links, devices and unsafe names with a clear error, and selection by globs.
"""

from __future__ import annotations

import errno
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Generic, TypeVar

from harness.errors import SourceError
from harness.sources.archive_limits import Guard, Limits
from harness.sources.member_path import require_distinct, safe_member_path
from harness.sources.selection import require_matches, wanted

_BLOCK = 1 << 20
_CORRUPT = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    struct.error,
    EOFError,
    OverflowError,
    ValueError,
)
"""Exceptions of zipfile and tarfile for damaged bytes."""
_Info = TypeVar("_Info", zipfile.ZipInfo, tarfile.TarInfo)
_LINK = "is a link or a device"


@dataclass(frozen=True)
class _Member(Generic[_Info]):
    info: _Info
    name: str
    size: int
    """Unpacked bytes according to the header; zipfile and tarfile never write more."""
    is_folder: bool
    problem: str | None
    """Why the member cannot be extracted; None for a plain file."""


def extract(archive: Path, folder: Path, *, globs: Sequence[str], where: str, limits: Limits | None = None) -> None:
    """Write the members that match `globs` below `folder`. The first bytes decide the kind of archive.

    All members are checked before the first one is written.

    Raises:
        SourceError: the file is not an archive, corrupt, truncated or encrypted; any member has an unsafe name; a
            wanted member is a link or a device; a glob matches nothing; the archive exceeds `limits`.
    """
    guard = Guard(limits or Limits(), packed=archive.stat().st_size, where=where)
    with archive.open("rb") as file:
        magic = file.read(2)
    with _explained(archive, where=where):
        if magic == b"PK":
            with zipfile.ZipFile(archive) as zipped:
                zipped.extractall(folder, _selected(_zip_members(zipped), globs, guard=guard).values())
        else:
            with tarfile.open(archive, "r:gz" if magic == b"\x1f\x8b" else "r:") as tarred:
                chosen = _selected(_tar_members(tarred, guard), globs, guard=guard)
                # tarfile does not clean names such as `a//b` and `a/.`; zipfile does
                infos = [info.replace(name=path.as_posix(), deep=False) for path, info in chosen.items()]
                tarred.extractall(folder, infos, filter="data")


def _zip_members(zipped: zipfile.ZipFile) -> Iterator[_Member[zipfile.ZipInfo]]:
    for info in zipped.infolist():
        problem = None if stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG) else _LINK
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            problem = f"has compression method {info.compress_type}"
        # ZipInfo.filename ends at a NUL byte and ZipInfo.is_dir() fails on an empty name
        name = info.orig_filename
        yield _Member(info, name, info.file_size, is_folder=name.endswith("/"), problem=problem)


def _tar_members(tarred: tarfile.TarFile, guard: Guard) -> Iterator[_Member[tarfile.TarInfo]]:
    """All members. Then read to the end of the file: a truncated or damaged gzip is found only there."""
    unpacked = 0
    for info in tarred:
        unpacked += info.size
        guard.check_bytes(unpacked)  # counts unwanted members too: reading a tar.gz unpacks all of them
        problem = None if info.isreg() and not info.issparse() else _LINK
        yield _Member(info, info.name, info.size, is_folder=info.isdir(), problem=problem)
    while tarred.fileobj and (block := tarred.fileobj.read(_BLOCK)):
        unpacked += len(block)
        guard.check_bytes(unpacked)


def _selected(members: Iterable[_Member[_Info]], globs: Sequence[str], *, guard: Guard) -> dict[PurePosixPath, _Info]:
    """Path -> wanted file, in the archive's order.

    Raises:
        SourceError: as `extract`.
    """
    chosen: list[tuple[PurePosixPath, _Member[_Info]]] = []
    names: list[str] = []
    for count, member in enumerate(members, start=1):
        guard.check_members(count)
        if member.is_folder and PurePosixPath(member.name) == PurePosixPath():
            continue  # `tar -C folder .` writes an entry for the root folder
        path = safe_member_path(member.name, where=guard.where)
        if member.is_folder:
            continue
        names.append(path.as_posix())
        if wanted(path.as_posix(), globs):
            _refuse_problem(member, where=guard.where)
            chosen.append((path, member))
    require_distinct((path for path, _ in chosen), where=guard.where)
    require_matches(names, globs, where=guard.where)
    guard.check_bytes(sum(member.size for _, member in chosen))
    return {path: member.info for path, member in chosen}


def _refuse_problem(member: _Member[_Info], *, where: str) -> None:
    if member.problem:
        raise SourceError(
            f"the archive member {member.name!r} {member.problem}; nothing was extracted",
            where=where,
            expected="plain files, stored or deflated",
            hint="exclude the member with `files` in data/sources.yaml",
        )


@contextmanager
def _explained(archive: Path, *, where: str) -> Iterator[None]:
    """Turn the exceptions of zipfile and tarfile into a SourceError with the next step."""
    try:
        yield
    except (*_CORRUPT, OSError) as error:
        # zipfile raises EINVAL if a damaged offset points outside the file; any other number is this machine's trouble
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise SourceError(
            f"{archive.name} is corrupt, truncated or not an archive: {error}",
            where=where,
            expected="a zip, whl, tar or tar.gz file",
            hint="repeat the fetch; if the error stays, the server delivers a broken file",
        ) from None
    except RuntimeError as error:  # zipfile raises this for encrypted members
        raise SourceError(
            f"{archive.name} cannot be unpacked: {error}",
            where=where,
            expected="members without a password",
        ) from None
