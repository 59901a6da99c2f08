"""What every record format says about itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.user_files.columns import Columns
from harness.user_files.decisions import DecisionLog
from harness.user_files.record import Record

SAMPLE = 100
"""Records that recognition looks at."""
_SHOWN = 200
_SHOWN_ITEMS = 4


@dataclass(frozen=True)
class Draft:
    """What a format takes from a record, before it is cleaned; the fields are those of `Item`."""

    record: Record
    text: str | None
    label: Any = None
    """As the file types it; `spelled` later, since numbers are counted."""
    answer: str | None = None
    other_answers: tuple[str, ...] = ()
    wrong_answers: tuple[str, ...] = ()
    positive: str | None = None
    negatives: tuple[str, ...] = ()
    is_document: bool = False
    id: str | None = None
    """Where the format itself names its items; else the id column decides."""
    cluster: str | None = None


class RecordFormat(ABC):
    """One way to write records."""

    name: ClassVar[str]
    """As `--format` takes it."""
    title: ClassVar[str]
    """For people, with the keys in brackets."""
    needs: ClassVar[tuple[str, ...]]
    """Fields of `Draft` without which a record is left out."""

    @abstractmethod
    def fits(self, value: Mapping[str, Any]) -> bool:
        """Whether the keys of one record, and the kinds of their values, are those of this format."""

    @abstractmethod
    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """Drafts of items, several or none per record; tolerant of missing keys, which give None.

        Raises:
            DataError: a value is of a kind that this format cannot hold.
        """

    def recognise(self, records: Sequence[Record]) -> bool:
        """Whether most of the first hundred records fit."""
        sample = records[:SAMPLE]
        return sum(self.fits(record.value) for record in sample) * 2 > len(sample)

    def example(self, record: Record) -> dict[str, Any] | str:
        """The record for display: long texts and lists are cut."""
        return {name: _cut(value) for name, value in record.value.items()}


class TableFormat(RecordFormat):
    """A format whose columns may have other names."""

    @abstractmethod
    def resolve(self, names: Sequence[str], given: Columns) -> Columns | None:
        """`given` with its blanks filled from the names of columns; None if that is not possible without doubt."""


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _SHOWN:
        return value[:_SHOWN] + "..."
    if isinstance(value, list) and len(value) > _SHOWN_ITEMS:
        return [*map(_cut, value[:_SHOWN_ITEMS]), f"... and {len(value) - _SHOWN_ITEMS} more"]
    if isinstance(value, list):
        return [_cut(inner) for inner in value]
    if isinstance(value, dict):
        return {name: _cut(inner) for name, inner in value.items()}
    return value
