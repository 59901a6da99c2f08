"""The interface of a record format."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.record import Record

SAMPLE = 100
"""Number of records, from the start of the file, that recognition looks at."""
_SHOWN_CHARACTERS = 200
_SHOWN_ELEMENTS = 4


class RecordFormat(ABC):
    """One way to write records."""

    name: ClassVar[str]
    """Value of the option `--format`."""
    title: ClassVar[str]
    """Name for people, with the keys in brackets."""
    needs: ClassVar[tuple[str, ...]]
    """Fields of `Draft` that a record must fill; records with a gap are left out."""
    is_one_reply: ClassVar[bool] = False
    """Whether a record is one reply to one prompt, which a column of the file may rate (see `ratings`)."""

    @abstractmethod
    def fits(self, value: Mapping[str, Any]) -> bool:
        """Whether one record has the keys of this format, with values of the right kind."""

    @abstractmethod
    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """Drafts of items, in the order of the records. A record may give none, one or several.

        A missing key gives None in the draft.

        Raises:
            DataError: a value is of a kind that this format cannot hold.
        """

    @abstractmethod
    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """The columns of the file of which `drafts` uses the content. `names` are all columns of the file.

        Columns that the user names (`columns.named`) need not be among them.
        """

    def recognise(self, records: Sequence[Record]) -> bool:
        """Whether most of the first hundred records fit."""
        sample = records[:SAMPLE]
        return sum(self.fits(record.value) for record in sample) * 2 > len(sample)

    def example(self, record: Record) -> dict[str, Any] | str:
        """The record for display, with long texts and lists cut."""
        return {name: _cut(value) for name, value in record.value.items()}


class TableFormat(RecordFormat):
    """A format whose columns may have various names."""

    @abstractmethod
    def resolve(self, names: Sequence[str], given: Columns) -> Columns | None:
        """`given` with the missing columns filled in from the column names of the file.

        None if a column is missing or several candidates exist.
        """


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _SHOWN_CHARACTERS:
        return value[:_SHOWN_CHARACTERS] + "..."
    if isinstance(value, list) and len(value) > _SHOWN_ELEMENTS:
        return [*map(_cut, value[:_SHOWN_ELEMENTS]), f"... and {len(value) - _SHOWN_ELEMENTS} more"]
    if isinstance(value, list):
        return [_cut(inner) for inner in value]
    if isinstance(value, dict):
        return {name: _cut(inner) for name, inner in value.items()}
    return value
