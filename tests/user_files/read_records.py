"""Write records into a file and read them back as items."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.user_files.reading import Columns, Reading, read_items
from tests.user_files.written_containers import write_container


def row(text: Any = "a text", label: Any = "x", **more: Any) -> dict[str, Any]:
    """A record of text and label."""
    return {"text": text, "label": label, **more}


def read(folder: Path, *records: dict[str, Any], kind: str = "jsonl", **columns: str) -> Reading:
    """The records as they are read from a file."""
    return read_items(write_container(folder, records, kind=kind), columns=Columns(**columns))


def notes(reading: Reading) -> dict[str, int]:
    """Decision -> number of records."""
    return {note.what: note.count for note in reading.notes}
