"""Raw records of a file, before the record format is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.items.item import Note

MAX_BYTES = 4 * 2**30
"""Largest file after decompression. A larger one does not fit into memory or is a decompression bomb."""
MAX_LINE = 10_000_000
"""Most characters in one line, or in one cell that spans several lines."""


@dataclass(frozen=True)
class Record:
    """One row, one JSON object or one paragraph."""

    file: str
    """Path of the file, for messages."""
    line: int | None
    """Line where the record starts, from 1; None if the container has no lines (Parquet, a nested JSON list)."""
    index: int
    """Place among the records of the file, from 0."""
    value: dict[str, Any]
    """Column -> value with the container's type; a missing value or NaN is None."""
    split_column: str | None = None
    """The column of the split, if the structure of the file gives it, as in `{"train": [...], "test": [...]}`."""

    @property
    def where(self) -> str:
        """`tickets.csv:12`, or `tickets.parquet: record 12` if there are no lines."""
        return f"{self.file}: record {self.index + 1}" if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True)
class FileContent:
    """All records of one file."""

    records: list[Record]
    encoding: str
    """`UTF-8`, `UTF-8 with BOM`, `UTF-16`, or `binary` for Parquet."""
    notes: tuple[Note, ...] = ()
    """Decisions made while reading."""
    split_column: str | None = None
    """As in the records."""

    @property
    def columns(self) -> list[str]:
        """The keys of all records, in the order of first use."""
        return list(dict.fromkeys(name for record in self.records for name in record.value))
