"""Read the bytes of a file for a parser: hash them, unpack gzip or zip, and limit their number."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from pathlib import PurePath
from typing import IO, Any

from harness.errors import DataError
from harness.user_files.containers.zip_member import only_member
from harness.user_files.record import MAX_BYTES

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
HEAD = 4096
"""Bytes at the start of a file by which its kind is recognised."""
_BLOCK = 1 << 16


class HashedFile(io.RawIOBase):
    """A binary file that computes the sha256 of everything read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest = file, hashlib.sha256()

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer`; returns the number of bytes, 0 at the end of the file."""
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        self._digest.update(block)
        return len(block)

    def sha256_of_all(self) -> str:
        """Read the rest of the file and return the sha256 of the whole file."""
        while block := self._file.read(_BLOCK):
            self._digest.update(block)
        return self._digest.hexdigest()


class ByteStream(io.BufferedIOBase):
    """The unpacked bytes of a file, gzipped or not, or of the only member of a `.zip`; at most `limit` bytes.

    Reading raises DataError if the gzip or zip is damaged or has more bytes; a zip must hold one file.
    """

    def __init__(self, file: HashedFile, *, path: str, limit: int = MAX_BYTES) -> None:
        buffered = io.BufferedReader(file)
        self.gzipped = buffered.peek(2)[:2] == GZIP_MAGIC
        self._stream: Any = gzip.GzipFile(fileobj=buffered) if self.gzipped else buffered
        self.name = PurePath(path).name
        """Name whose suffix says how to read the bytes: that of the file, or of the member of a zip."""
        if self.name.lower().endswith(".zip") and buffered.peek(4)[:4] == ZIP_MAGIC:
            self.name, self._stream = only_member(buffered, path=path, limit=limit)
        self.path, self._limit = path, limit
        self._unpacked = 0
        self.delivered = 0
        """Number of bytes returned so far."""
        self.head = b""
        """The first few thousand bytes."""
        while len(self.head) < HEAD and (block := self._next(HEAD - len(self.head))):
            self.head += block
        self._pending = self.head

    def readable(self) -> bool:
        """Always true."""
        return True

    def read1(self, size: int | None = -1, /) -> bytes:
        """At least one and at most `size` bytes; empty at the end."""
        wanted = _BLOCK if size is None or size < 0 else size
        if self._pending:
            block, self._pending = self._pending[:wanted], self._pending[wanted:]
        else:
            block = self._next(wanted)
        self.delivered += len(block)
        return block

    def read(self, size: int | None = -1, /) -> bytes:
        """`size` bytes, or all remaining bytes."""
        blocks: list[bytes] = []
        left = None if size is None or size < 0 else size
        while left is None or left > 0:
            block = self.read1(_BLOCK if left is None else left)
            if not block:
                break
            blocks.append(block)
            left = None if left is None else left - len(block)
        return b"".join(blocks)

    def _next(self, size: int) -> bytes:
        try:
            block: bytes = self._stream.read1(size)
        except (gzip.BadGzipFile, zipfile.BadZipFile, EOFError, zlib.error) as error:
            raise DataError(
                f"the {'gzip' if self.gzipped else 'zip'} file is damaged or cut off: {error}",
                where=self.path,
                hint="copy the file again, or compress it again",
            ) from None
        self._unpacked += len(block)
        if self._unpacked > self._limit:
            what = "unpacks to" if self.gzipped or self.name != PurePath(self.path).name else "has"
            raise DataError(
                f"the file {what} more than {self._limit:,} bytes",
                where=self.path,
                hint="use a sample of the records: a few thousand are enough to tune a model",
            )
        return block
