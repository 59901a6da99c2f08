"""What a file holds before anyone asks what it means: records, encoding, and what was decided while reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.items.item import Note

MAX_BYTES = 4 * 2**30
"""Of one file after decompression; more does not fit into memory as records, or is a decompression bomb."""
MAX_LINE = 10_000_000
"""Characters of one line, or of one cell that spans lines."""


@dataclass(frozen=True)
class Record:
    """One row, one JSON object or one paragraph."""

    line: int | None
    """Where it starts, from 1; None where the container has no lines of its own (Parquet, a nested JSON list)."""
    index: int
    """Its place among the records of the file, from 0."""
    value: dict[str, Any]
    """Column -> value as the container types it; a missing or NaN value is None."""


@dataclass(frozen=True)
class FileContent:
    """All records of one file."""

    records: list[Record]
    encoding: str
    """`UTF-8`, `UTF-8 with BOM`, `UTF-16`, or `binary` for Parquet."""
    notes: tuple[Note, ...] = ()

    @property
    def columns(self) -> list[str]:
        """All keys of all records, in the order of their first use."""
        return list(dict.fromkeys(name for record in self.records for name in record.value))
