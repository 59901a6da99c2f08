"""Bytes to text: UTF-8 with or without a byte order mark, or UTF-16 with one; lines of bounded length."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from harness.errors import DataError
from harness.user_files.containers.binary_files import refuse_binary
from harness.user_files.containers.byte_stream import ByteStream
from harness.user_files.record import MAX_LINE

_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8 with BOM"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
    (b"", "utf-8", "UTF-8"),
)


class TextStream:
    """The text of a byte stream.

    Raises:
        DataError: from the start if the bytes are no text, and while reading where one cannot be decoded.
    """

    def __init__(self, stream: ByteStream, *, where: str) -> None:
        refuse_binary(stream.head, where=where)
        codec, self.encoding = next((codec, name) for mark, codec, name in _ENCODINGS if stream.head.startswith(mark))
        self.head = stream.head.decode(codec, errors="replace").replace("\ufffd", "")
        """The first few thousand characters, to look at."""
        self._bytes: Any = stream  # TextIOWrapper reads it as it reads any file
        self._counted, self._codec, self._where = stream, codec, where

    def lines(self, *, newline: str = "\n") -> Iterator[str]:
        """Lines with their ends; `newline=""` ends them at a lone carriage return, too.

        Raises:
            DataError: a line is too long, or holds NUL.
        """
        text = io.TextIOWrapper(self._bytes, self._codec, newline=newline)
        number = 0
        while line := self._decoded(text, MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                raise DataError(
                    f"the line has more than {MAX_LINE:,} characters",
                    where=f"{self._where}:{number}",
                    hint="is it one record? JSONL has one object per line; a long document belongs in several records",
                )
            self._refuse_nul(line, where=f"{self._where}:{number}")
            yield line

    def all(self) -> str:
        """The whole text, line ends as they are."""
        text = self._decoded(io.TextIOWrapper(self._bytes, self._codec, newline=""), None)
        self._refuse_nul(text, where=self._where)
        return text

    def _decoded(self, text: io.TextIOWrapper[Any], limit: int | None) -> str:
        try:
            return text.read() if limit is None else text.readline(limit)
        except UnicodeError as error:
            if not isinstance(error, UnicodeDecodeError):
                raise DataError(f"cannot be decoded: {error}", where=self._where, expected="UTF-8") from None
            # the piece that failed ends with the last byte that was handed out
            offset = self._counted.delivered - len(error.object) + error.start
            raise DataError(
                f"is not {self.encoding} text: byte {offset:,} is 0x{error.object[error.start]:02x} ({error.reason})",
                where=self._where,
                expected="UTF-8, or UTF-16 with a byte order mark",
                hint=f"convert it, if it comes from Windows: iconv -f WINDOWS-1252 -t UTF-8 {self._where} > NEW",
            ) from None

    def _refuse_nul(self, text: str, *, where: str) -> None:
        if "\0" in text:
            raise DataError(
                f"character {text.index(chr(0)) + 1} is NUL, which no text holds",
                where=where,
                hint="the file is binary or damaged",
            )
