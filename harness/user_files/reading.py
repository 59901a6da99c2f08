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
from harness.user_files.drafts.finish import ANY_REPLY, finish_drafts
from harness.user_files.formats.dialogue import is_conversation
from harness.user_files.json_cells import with_decoded
from harness.user_files.label_check import check_labels_of_file
from harness.user_files.layout import DECIDED_BY_FILE, Layout
from harness.user_files.ratings.rated_replies import rated_drafts
from harness.user_files.ratings.rating_column import NO_RATING, Rating, find_rating
from harness.user_files.recognition import Choice, choose_format
from harness.user_files.record import FileContent, Record
from harness.user_files.unused_columns import UnusedColumn, refuse_lost_options, unused_columns

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
    unused: tuple[UnusedColumn, ...] = ()
    """Columns of which nothing is used."""
    rating: Rating | None = None
    """The column that rates the replies; None if there is none."""


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
    records = with_decoded(content.records, _is_messages, decisions)
    choice = choose_format(records, names, columns=columns, format=format, file=str(path))
    rating = _rating(choice, records, names, path=path)
    used = replace(choice.columns, rating=rating.column) if rating else choice.columns
    unused = unused_columns(records, names, choice.format, used)
    refuse_lost_options(unused, choice.format, file=str(path))
    drafts = list(choice.format.drafts(records, used, decisions=decisions))
    needs = choice.format.needs
    if rating:
        drafts = rated_drafts(drafts, rating, used, file=str(path), decisions=decisions)
        needs = tuple(ANY_REPLY if field == "answer" else field for field in needs)
    has_ids = "id" in names and "id" not in used.named.values()
    items = finish_drafts(drafts, used, needs=needs, has_ids=has_ids, decisions=decisions)
    if "split" in names and "split" not in used.named.values():
        decisions.count(UNUSED_SPLIT, len(records))
    notes = (*content.notes, *choice.notes, *decisions.notes())
    _refuse_too_few(items, notes, path=path)
    return Reading(
        format=choice.format.name,
        title=choice.format.title,
        items=items,
        notes=notes,
        records=len(records),
        example=choice.format.example(_first_with_text(drafts).record),
        columns=used,
        unused=unused,
        rating=rating,
    )


def _is_messages(value: Any) -> bool:
    return is_conversation(value) or is_conversation([value])


def _rating(choice: Choice, records: list[Record], names: list[str], *, path: Path) -> Rating | None:
    """The column that rates the replies of the format."""
    if choice.format.is_one_reply:
        read = choice.format.reads(names, choice.columns)
        return find_rating(records, [name for name in names if name not in read], choice.columns, file=str(path))
    if choice.columns.rating in (None, NO_RATING):
        return None
    raise DataError(
        f"{choice.format.title} is not rated by a column, so --rating cannot be given",
        where=str(path),
        hint="remove --rating, or name the columns of the prompt and the reply with --input and --output",
    )


def _refuse_taken(added: Mapping[str, str], content: FileContent, *, path: Path) -> None:
    for name in added:
        if name in content.columns:
            what = f'the file has a column "{name}", a name that is needed for what its path says'
            raise DataError(what, where=str(path), hint="rename the column")


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
