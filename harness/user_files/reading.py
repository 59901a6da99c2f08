"""Read a file of records into items: containers, then recognition of the format, then drafts, then items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.items.item import Item, Note
from harness.user_files.columns import NONE_GIVEN, Columns, check_columns
from harness.user_files.containers.read_file import read_file
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.drafts.finish import finish_drafts
from harness.user_files.formats.contract import TableFormat
from harness.user_files.label_check import check_labels_of_file
from harness.user_files.layout import DECIDED_BY_FILE, Layout
from harness.user_files.recognition import Choice, choose_format
from harness.user_files.record import FileContent

__all__ = ["Columns", "Reading", "check_labels_of_file", "read_items"]

UNUSED_SPLIT = 'records have a column "split" that was not used; name it with --split to use it'


@dataclass(frozen=True)
class Reading:
    """The content of a file after recognition of its format."""

    format: str
    """Name of the record format."""
    title: str
    """Name of the record format for people."""
    items: list[Item]
    """In the order of the file."""
    notes: tuple[Note, ...]
    """Decisions about the file and its records."""
    records: int
    """Number of records in the file, including those left out. One record may give several items."""
    example: dict[str, Any] | str
    """The first record with a text, with long values cut, for display."""
    columns: Columns = NONE_GIVEN
    """As given; for table formats with the recognised columns filled in."""
    unread: tuple[str, ...] = ()
    """Columns of a table format that are not used for any item."""


def read_items(
    path: Path,
    *,
    columns: Columns = NONE_GIVEN,
    format: str | None = None,
    at_most: int | None = None,
    layout: Layout = DECIDED_BY_FILE,
    added: Mapping[str, str] | None = None,
) -> Reading:
    """Read the file in the record format `format`, or in the recognised one. Columns given by the user win.

    `at_most`: if the file has more records, a pseudo-random draw of this many is read, the same each time.
    `layout`: options of tables and plain text. `added`: columns that every record gets, such as the name of the file.

    Conflicting labels and duplicates are kept here; `harness.domains.duplicates` counts and removes them.

    Raises:
        DataError: the file cannot be read (see `read_file`), a column or format is unknown or ambiguous, formats are
            mixed, or fewer than two records are usable.
    """
    content = read_file(path, at_most=at_most, layout=layout)
    if added:
        _refuse_taken(added, content, path=path)
        records = [replace(record, value={**record.value, **added}) for record in content.records]
        content = replace(content, records=records)
    return reading_of(content, path=path, columns=columns, format=format)


def reading_of(
    content: FileContent, *, path: Path, columns: Columns = NONE_GIVEN, format: str | None = None
) -> Reading:
    """The items of records that are read already; `path` is for messages.

    Raises:
        DataError: as `read_items`.
    """
    decisions = DecisionLog()
    names = content.columns
    check_columns(columns, names, where=str(path))
    if columns.split is None and content.split_column:
        columns = replace(columns, split=content.split_column)
    choice = choose_format(content.records, names, columns=columns, format=format, file=str(path))
    drafts = list(choice.format.drafts(content.records, choice.columns, decisions=decisions))
    has_ids = "id" in names and "id" not in choice.columns.named.values()
    items = finish_drafts(drafts, choice.columns, needs=choice.format.needs, has_ids=has_ids, decisions=decisions)
    if "split" in names and "split" not in choice.columns.named.values():
        decisions.count(UNUSED_SPLIT, len(content.records))
    notes = (*content.notes, *choice.notes, *decisions.notes())
    _refuse_too_few(items, notes, path=path)
    return Reading(
        format=choice.format.name,
        title=choice.format.title,
        items=items,
        notes=notes,
        records=len(content.records),
        example=choice.format.example(_first_with_text(drafts).record),
        columns=choice.columns,
        unread=_unread(choice, names) if isinstance(choice.format, TableFormat) else (),
    )


def _refuse_taken(added: Mapping[str, str], content: FileContent, *, path: Path) -> None:
    for name in added:
        if name in content.columns:
            what = f'the file has a column "{name}", a name that is needed for what its path says'
            raise DataError(what, where=str(path), hint="rename the column")


def _unread(choice: Choice, names: list[str]) -> tuple[str, ...]:
    read = {*choice.columns.named.values(), "id", "split"}  # a note reports an unused split
    return tuple(name for name in names if name not in read)


def _refuse_too_few(items: list[Item], notes: tuple[Note, ...], *, path: Path) -> None:
    if len(items) < 2:
        reasons = "; ".join(f"{note.count:,} {note.what}" for note in notes)
        raise DataError(
            f"the file has {len(items)} usable {'record' if len(items) == 1 else 'records'}"
            + (f" ({reasons})" if reasons else ""),
            where=str(path),
            expected="at least two; to tune a model, some hundreds",
            hint="check which column is what, and that each record has a line, a row or a paragraph of its own",
        )


def _first_with_text(drafts: list[Draft]) -> Draft:
    """The first draft with a text; there is one, because there are items."""
    return next(draft for draft in drafts if draft.text and draft.text.strip())
