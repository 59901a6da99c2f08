"""Where in which file we are, and what was decided there: counted for the card."""

from __future__ import annotations

from harness.items.item import Note
from harness.user_files.record import Record


class DecisionLog:
    """Counts decisions about the records of one file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._counts: dict[str, int] = {}

    def count(self, what: str, number: int = 1) -> None:
        """`what` is in the plural, to be read after the number."""
        self._counts[what] = self._counts.get(what, 0) + number

    def at(self, record: Record) -> str:
        """`tickets.csv:12`, or `tickets.parquet: record 12` where there are no lines."""
        return f"{self.path}: record {record.index + 1}" if record.line is None else f"{self.path}:{record.line}"

    def notes(self) -> tuple[Note, ...]:
        """All decisions with a count above 0, in the order in which they first came up."""
        return tuple(Note(what, count) for what, count in self._counts.items() if count)
