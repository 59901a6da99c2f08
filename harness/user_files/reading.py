"""A file of records to items of a domain: recognise the format, or take the columns that the user names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.items.item import Item, Note
from harness.user_files.columns import NONE_GIVEN, Columns, check_columns
from harness.user_files.containers.files import read_file, reader_of
from harness.user_files.containers.plain_texts import paragraphs
from harness.user_files.decisions import DecisionLog
from harness.user_files.file_labels import check_labels_of_file
from harness.user_files.finishing import finished
from harness.user_files.formats.contract import Draft, TableFormat
from harness.user_files.recognition import Choice, choose_format

__all__ = ["Columns", "Reading", "check_labels_of_file", "read_items"]

_ONE_PARAGRAPH = "a record is a paragraph: put a blank line between them; a table belongs in a .csv or .tsv file"
UNUSED_SPLIT = 'records have a column "split" that was not used; name it with --split to use it'


@dataclass(frozen=True)
class Reading:
    """What a file holds, once its format is known."""

    format: str
    """Name of the record format."""
    title: str
    """The same for people."""
    items: list[Item]
    """In the order of the file."""
    notes: tuple[Note, ...]
    """Decisions about the file and its records."""
    records: int
    """In the file, also those that were left out; one record may give several items."""
    example: dict[str, Any] | str
    """The first record with a text, its long values cut, for display."""
    columns: Columns = NONE_GIVEN
    """As given, and for table formats filled in by recognition."""
    unread: tuple[str, ...] = ()
    """Columns of a table format of which nothing becomes part of an item."""


def read_items(
    path: Path, *, columns: Columns = NONE_GIVEN, format: str | None = None, at_most: int | None = None
) -> Reading:
    """Read `path` in the record format `format`, or in the one that is recognised; named columns win over that.

    `at_most` so many records are read, drawn by their places in the file.

    Conflicting labels and duplicates stay: a later step counts them.

    Raises:
        DataError: the file cannot be read (`read_file`), a column or format is unknown or ambiguous, formats are mixed,
            or fewer than two records can be used.
    """
    content = read_file(path, at_most=at_most)
    decisions = DecisionLog(str(path))
    names = content.columns
    check_columns(columns, names, where=str(path))
    choice = choose_format(content.records, names, columns=columns, format=format, decisions=decisions)
    drafts = list(choice.format.items(content.records, choice.columns, decisions=decisions))
    has_ids = "id" in names and "id" not in choice.columns.named.values()
    items = finished(drafts, choice.columns, needs=choice.format.needs, has_ids=has_ids, decisions=decisions)
    if "split" in names and "split" not in choice.columns.named.values():
        decisions.count(UNUSED_SPLIT, len(content.records))
    notes = (*content.notes, *decisions.notes())
    _refuse_too_few(items, notes, path=path, records=len(content.records))
    return Reading(
        format=choice.format.name,
        title=choice.format.title,
        items=items,
        notes=notes,
        records=len(content.records),
        example=choice.format.example(_first_used(drafts).record),
        columns=choice.columns,
        unread=_unread(choice, names) if isinstance(choice.format, TableFormat) else (),
    )


def _unread(choice: Choice, names: list[str]) -> tuple[str, ...]:
    read = {*choice.columns.named.values(), "id", "split"}  # of a split that is not used the notes tell
    return tuple(name for name in names if name not in read)


def _refuse_too_few(items: list[Item], notes: tuple[Note, ...], *, path: Path, records: int) -> None:
    if len(items) < 2:
        told = "; ".join(f"{note.count:,} {note.what}" for note in notes)
        raise DataError(
            f"{len(items)} usable {'record' if len(items) == 1 else 'records'}" + (f" ({told})" if told else ""),
            where=str(path),
            expected="at least two; some hundreds to tune a model",
            hint=_ONE_PARAGRAPH if records == 1 and reader_of(path) is paragraphs else None,
        )


def _first_used(drafts: list[Draft]) -> Draft:
    """The first that has words; there is one, since there are items."""
    return next(draft for draft in drafts if draft.text and draft.text.strip())
