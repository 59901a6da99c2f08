"""The bytes of a file on their way to a parser: hashed as they lie on disk, unpacked, and counted."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from typing import IO, Any

from harness.errors import DataError
from harness.user_files.record import MAX_BYTES

GZIP_MAGIC = b"\x1f\x8b"
_HEAD = 4096
_BLOCK = 1 << 16


class HashedFile(io.RawIOBase):
    """A binary file that remembers the sha256 of all that was read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest = file, hashlib.sha256()

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer`; 0 at the end of the file."""
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        self._digest.update(block)
        return len(block)

    def sha256_of_all(self) -> str:
        """Read whatever a parser left, then give the hash of the whole file."""
        while block := self._file.read(_BLOCK):
            self._digest.update(block)
        return self._digest.hexdigest()


class ByteStream(io.BufferedIOBase):
    """What a parser reads: unpacked if it was gzip, and never more than `limit` bytes.

    Reading raises DataError where the gzip is damaged or grows beyond the limit.
    """

    def __init__(self, file: HashedFile, *, where: str, limit: int = MAX_BYTES) -> None:
        buffered = io.BufferedReader(file)
        self.gzipped = buffered.peek(2)[:2] == GZIP_MAGIC
        self._stream: Any = gzip.GzipFile(fileobj=buffered) if self.gzipped else buffered
        self._where, self._limit = where, limit
        self._unpacked = 0
        self.delivered = 0
        """Bytes handed out so far."""
        self.head = b""
        while len(self.head) < _HEAD and (block := self._next(_HEAD - len(self.head))):
            self.head += block
        self._pending = self.head

    def readable(self) -> bool:
        """Always."""
        return True

    def read1(self, size: int | None = -1, /) -> bytes:
        """Some bytes, at most `size`; empty at the end."""
        wanted = _BLOCK if size is None or size < 0 else size
        if self._pending:
            block, self._pending = self._pending[:wanted], self._pending[wanted:]
        else:
            block = self._next(wanted)
        self.delivered += len(block)
        return block

    def read(self, size: int | None = -1, /) -> bytes:
        """`size` bytes, or all that are left."""
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
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataError(
                f"the gzip is damaged or cut off: {error}", where=self._where, hint="copy or compress the file again"
            ) from None
        self._unpacked += len(block)
        if self._unpacked > self._limit:
            what = "unpacks to" if self.gzipped else "has"
            raise DataError(
                f"{what} more than {self._limit:,} bytes",
                where=self._where,
                hint="if it is no decompression bomb, give a sample: a few thousand records tune a model",
            )
        return block
