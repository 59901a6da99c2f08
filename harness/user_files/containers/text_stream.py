"""Decode the bytes of a file: UTF-8 with or without a byte order mark, or UTF-16 with one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from harness.errors import DataError
from harness.user_files.containers.binary_files import iconv_hint, refuse_binary
from harness.user_files.containers.byte_stream import ByteStream
from harness.user_files.record import MAX_LINE

_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8 with BOM"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
    (b"", "utf-8", "UTF-8"),
)


class TextStream:
    """The text of a file, read as lines or as a whole.

    Raises:
        DataError: the file is not text (raised at once), or a byte cannot be decoded (raised while reading).
    """

    def __init__(self, stream: ByteStream) -> None:
        self.path = stream.path
        refuse_binary(stream.head, where=self.path)
        codec, self.encoding = next((codec, name) for mark, codec, name in _ENCODINGS if stream.head.startswith(mark))
        self.head = stream.head.decode(codec, errors="replace").replace("\ufffd", "")
        """The first few thousand characters."""
        self._bytes: Any = stream  # Any, because the type of TextIOWrapper asks for more than it uses
        self._counted, self._codec = stream, codec

    def lines(self, *, newline: str = "\n") -> Iterator[str]:
        """Lines with their line ends. With `newline=""` a lone carriage return also ends a line.

        Raises:
            DataError: a line is too long or holds a NUL character.
        """
        text = io.TextIOWrapper(self._bytes, self._codec, newline=newline)
        number = 0
        while line := self._decoded(text, MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                raise DataError(
                    f"the line has more than {MAX_LINE:,} characters",
                    where=f"{self.path}:{number}",
                    hint="write one record per line, and split a long document into several records",
                )
            self._refuse_nul(line, where=f"{self.path}:{number}")
            yield line

    def all(self) -> str:
        """The whole text with its own line ends."""
        text = self._decoded(io.TextIOWrapper(self._bytes, self._codec, newline=""), None)
        self._refuse_nul(text, where=self.path)
        return text

    def _decoded(self, text: io.TextIOWrapper[Any], limit: int | None) -> str:
        try:
            return text.read() if limit is None else text.readline(limit)
        except UnicodeError as error:
            if not isinstance(error, UnicodeDecodeError):
                what = f"the file cannot be decoded: {error}"
                raise DataError(what, where=self.path, expected="UTF-8") from None
            # error.object is the last piece read: it ends with the last byte that the stream returned
            offset = self._counted.delivered - len(error.object) + error.start
            byte = f"byte {offset:,} is 0x{error.object[error.start]:02x} ({error.reason})"
            raise DataError(
                f"the file is not {self.encoding} text: {byte}",
                where=self.path,
                expected="UTF-8, or UTF-16 with a byte order mark",
                hint=f"if the file comes from Windows, {iconv_hint('WINDOWS-1252', self.path)}",
            ) from None

    def _refuse_nul(self, text: str, *, where: str) -> None:
        if "\0" in text:
            raise DataError(
                f"character {text.index(chr(0)) + 1} is NUL, which does not occur in text",
                where=where,
                hint="the file is binary or damaged: export it again",
            )
