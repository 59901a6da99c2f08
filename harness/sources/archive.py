"""Safe extraction of zip, wheel, tar and tar.gz, as data: no links, no traversal, no bomb."""

from __future__ import annotations

import errno
import gzip
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Literal, NoReturn

from harness.errors import SourceError
from harness.sources.member_path import require_distinct, safe_member_path
from harness.sources.selection import require_matches, wanted

_BLOCK = 1 << 20
# what zipfile and tarfile raise on bytes that are not what they claim to be
_CORRUPT = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    struct.error,
    EOFError,
    OverflowError,
    ValueError,
)


@dataclass(frozen=True)
class Limits:
    """What an archive may grow to before it counts as a decompression bomb."""

    total_bytes: int = 20 * 10**9
    """Bytes of all members together."""
    ratio: float = 200
    """Unpacked bytes per packed byte; model weights reach 2, JSON and CSV 30."""
    ratio_from: int = 100 * 10**6
    """Below this many unpacked bytes any ratio is harmless."""
    members: int = 1_000_000


@dataclass(frozen=True)
class _Member:
    name: str
    kind: Literal["file", "folder", "special"]
    """`special`: a link, a device, a pipe."""
    size: int
    """Bytes, as the header says."""
    cost: int
    """Bytes to unpack even if the member is not wanted (a tar is read through)."""
    open: Callable[[], IO[bytes] | None]


class _Budget:
    """Counts unpacked bytes and files against the limits."""

    def __init__(self, limits: Limits, *, packed: int, where: str) -> None:
        self.limits, self.packed, self.where = limits, packed, where

    def check_bytes(self, unpacked: int) -> None:
        """Raise SourceError if so many bytes are a bomb."""
        limits = self.limits
        too_dense = unpacked > limits.ratio_from and unpacked > limits.ratio * self.packed
        if unpacked > limits.total_bytes or too_dense:
            self._refuse(
                f"the archive of {self.packed:,} bytes unpacks to {unpacked:,} bytes or more",
                expected=f"at most {limits.total_bytes:,} bytes and {limits.ratio:g} times the archive's size",
            )

    def check_members(self, count: int) -> None:
        """Raise SourceError if so many members are a bomb."""
        if count > self.limits.members:
            self._refuse(f"the archive holds {count:,} members or more", expected=f"at most {self.limits.members:,}")

    def _refuse(self, what: str, *, expected: str) -> NoReturn:
        hint = "if it is no bomb, unpack it yourself and name the folder as a source of kind `path`"
        raise SourceError(what, where=self.where, expected=expected, hint=hint)


def extract(archive: Path, folder: Path, *, globs: Sequence[str], where: str, limits: Limits | None = None) -> None:
    """Write the members that match `globs` below `folder`; the kind of archive is told by its first bytes.

    Raises:
        SourceError: not an archive, corrupt or truncated, encrypted; a name that leaves the folder (wanted or
            not); a wanted link or device; a glob without a match; more bytes than `limits` allow.
    """
    budget = _Budget(limits or Limits(), packed=archive.stat().st_size, where=where)
    try:
        with _members(archive, budget) as members:
            plan = _plan(members, globs, budget=budget)
            written = 0
            for path, member in plan.items():
                written = _write(member, folder / path, written=written, budget=budget)
    except _CORRUPT as error:
        raise _corrupt(archive, error, where=where) from None
    except OSError as error:
        if error.errno != errno.EINVAL:  # a damaged offset points before the file's begin or far beyond its end
            raise
        raise _corrupt(archive, error, where=where) from None
    except RuntimeError as error:  # zipfile's words for encryption and odd compression
        raise SourceError(
            f"{archive.name} cannot be unpacked: {error}",
            where=where,
            expected="members that are stored or deflated, without a password",
        ) from None


def _corrupt(archive: Path, error: Exception, *, where: str) -> SourceError:
    return SourceError(
        f"{archive.name} is corrupt, truncated or not an archive: {error}",
        where=where,
        expected="a zip, whl, tar or tar.gz file",
        hint="repeat the fetch; if it stays, the origin serves a broken file",
    )


@contextmanager
def _members(archive: Path, budget: _Budget) -> Iterator[Iterator[_Member]]:
    with archive.open("rb") as file:
        magic = file.read(2)
    if magic == b"PK":
        with zipfile.ZipFile(archive) as zipped:
            yield (_zip_member(zipped, info) for info in zipped.infolist())
    else:
        with tarfile.open(archive, "r:gz" if magic == b"\x1f\x8b" else "r:") as tarred:
            yield _tar_members(tarred, budget)


def _tar_members(tarred: tarfile.TarFile, budget: _Budget) -> Iterator[_Member]:
    for info in tarred:
        yield _tar_member(tarred, info)
    # tarfile stops at its end mark; a cut or a wrong checksum of gzip shows only behind it
    tail = 0
    while tarred.fileobj and (block := tarred.fileobj.read(_BLOCK)):
        tail += len(block)
        budget.check_bytes(tail)


def _zip_member(zipped: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Member:
    mode = stat.S_IFMT(info.external_attr >> 16)
    kind: Literal["file", "folder", "special"] = "special"
    if info.orig_filename.endswith("/"):  # is_dir() fails on an empty name
        kind = "folder"
    elif mode in (0, stat.S_IFREG):
        kind = "file"

    def opened() -> IO[bytes]:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RuntimeError(f"{info.filename!r} has compression method {info.compress_type}")
        return zipped.open(info)

    return _Member(info.orig_filename, kind, info.file_size, 0, opened)


def _tar_member(tarred: tarfile.TarFile, info: tarfile.TarInfo) -> _Member:
    kind: Literal["file", "folder", "special"] = "special"
    if info.isdir():
        kind = "folder"
    elif info.isreg():
        kind = "file"
    return _Member(info.name, kind, info.size, info.size, lambda: tarred.extractfile(info))


def _plan(members: Iterator[_Member], globs: Sequence[str], *, budget: _Budget) -> dict[PurePosixPath, _Member]:
    """Path -> member of what will be written, in the archive's order (a tar.gz cannot go back cheaply)."""
    files: list[tuple[PurePosixPath, _Member]] = []
    names: list[str] = []
    read_through = 0
    for count, member in enumerate(members, start=1):
        read_through += member.cost
        budget.check_bytes(read_through)
        budget.check_members(count)
        if member.kind == "folder" and PurePosixPath(member.name) == PurePosixPath():
            continue  # `tar -C folder .` begins with an entry for the root itself
        path = safe_member_path(member.name, where=budget.where)
        if member.kind == "folder":
            continue
        names.append(path.as_posix())
        if not wanted(path.as_posix(), globs):
            continue
        if member.kind == "special":
            raise SourceError(
                f"the archive member {member.name!r} is a link or a device; nothing was extracted",
                where=budget.where,
                expected="plain files",
                hint="choose the plain files with `files` in data/sources.yaml",
            )
        files.append((path, member))
    require_distinct((path for path, _ in files), where=budget.where)
    require_matches(names, globs, where=budget.where)
    return dict(files)


def _write(member: _Member, target: Path, *, written: int, budget: _Budget) -> int:
    """Copy one member; returns the bytes written so far by all members."""
    source = member.open()
    if source is None:
        raise tarfile.ReadError(f"{member.name!r} has no content")
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with source, target.open("xb") as file:
        while block := source.read(_BLOCK):
            size += len(block)
            budget.check_bytes(written + size)
            file.write(block)
    if size != member.size:
        raise EOFError(f"{member.name!r} ends after {size:,} of {member.size:,} bytes")
    return written + size
