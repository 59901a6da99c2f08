"""Read a table with a target column: each row is an item that shows its other cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.domains.media_files.reading import MediaReading, OptionValue
from harness.errors import DataError, did_you_mean
from harness.items.media_item import MediaItem, media_of
from harness.media.refusal import UnusableFile
from harness.media.tables import Cell, row_file
from harness.user_files.cell_text import cell_text, is_cell, value_text
from harness.user_files.columns import Columns, check_columns, listed
from harness.user_files.containers.read_file import read_file
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.given_splits import NAMES
from harness.user_files.layout import DECIDED_BY_FILE, Layout
from harness.user_files.record import Record

MISSING = ("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", ".")
"""Spellings of a missing value, in any case."""
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.I)

NO_TARGET = "rows have no value in the target column and were left out"
CONSTANT = "columns have the same value in every row and were left out: {names}"
IDENTIFIERS = "columns have another text in every row and were left out as names of the rows: {names}"
LISTS = "columns hold lists or objects and were left out: {names}"
SOME_NUMBERS = "columns hold numbers and texts and are read as categories: {names}"
LEFT_OUT = "rows were left out: {reason}"


def read_table(
    path: Path,
    *,
    target: str,
    columns: Columns,
    question: str | None = None,
    layout: Layout = DECIDED_BY_FILE,
) -> MediaReading:
    """Items of a CSV, TSV, JSON Lines or Parquet file; the target is the label, and the other columns are shown.

    A column is one of numbers if each of its values is one, otherwise one of categories. `columns` may name an id, a
    cluster and a split, which are not shown. `question`: the text of every item.

    Raises:
        DataError: the file cannot be read, a column does not exist, or no column is left to show.
    """
    content, decisions = read_file(path, layout=layout), DecisionLog()
    where, names = str(path), content.columns
    if target not in names:
        what = f'the file has no column "{target}" (named with --target)'
        raise DataError(what, where=where, expected=f"one of: {listed(names)}", hint=did_you_mean(target, names))
    check_columns(columns, names, where=where)
    aside = {target, *columns.named.values()}
    cells = {name: [record.value.get(name) for record in content.records] for name in names if name not in aside}
    shown = _shown_columns(cells, decisions)
    if not shown:
        hint = "give a file with columns that differ from row to row"
        raise DataError("no column is left beside the target", where=where, hint=hint)
    asked = question or f'Which "{" ".join(target.split())}" does this row have?'
    items: list[MediaItem] = []
    files: dict[str, bytes | Path] = {}
    for place, record in enumerate(content.records):
        label = cell_text(record, target)
        if label is None or not label.strip():
            decisions.count(NO_TARGET)
            continue
        row = {name: values[place] for name, values in shown.items()}
        item = _item(
            record, row, label=label.strip(), question=asked, columns=columns, files=files, decisions=decisions
        )
        items += [item] if item else []
    options: dict[str, OptionValue] = {
        "file": path.name,
        "target": target,
        "question": asked,
        **columns.named,
        **layout.options(),
    }
    notes = (*content.notes, *decisions.notes())
    roles = {"target": target, **columns.named}
    return MediaReading("table", "a table", items, files, notes, len(content.records), options, roles)


def _item(
    record: Record,
    row: Mapping[str, Cell],
    *,
    label: str,
    question: str,
    columns: Columns,
    files: dict[str, bytes | Path],
    decisions: DecisionLog,
) -> MediaItem | None:
    """The item of a row; null, and counted, if the row cannot be used."""
    try:
        content = row_file(row, where=record.where)
    except UnusableFile as error:
        decisions.count(LEFT_OUT.format(reason=error.reason))
        return None
    media = media_of("table", content, ".json")
    files[media.path] = content
    name = (cell_text(record, columns.id) or "").strip() or str(record.index + 1)
    split = (cell_text(record, columns.split) or "").strip().casefold() if columns.split else None
    if split is not None and split not in NAMES:
        what = f'the split "{split[:80]}" is unknown'
        raise DataError(what, where=record.where, expected=f"one of {', '.join(NAMES)}", hint="correct the column")
    return MediaItem(
        id=name,
        text=question,
        cluster=(cell_text(record, columns.cluster) or "").strip() or name,
        label=label,
        given_split=NAMES[split] if split is not None else None,
        media=(media,),
    )


def _shown_columns(cells: Mapping[str, Sequence[object]], decisions: DecisionLog) -> dict[str, list[Cell]]:
    """Column -> its values as numbers or names of categories; columns that cannot help are left out and counted."""
    lists = [name for name, values in cells.items() if not all(map(is_cell, values))]
    texts = {name: [_text(value) for value in values] for name, values in cells.items() if name not in lists}
    distinct = {name: set(values) - {None} for name, values in texts.items()}
    numeric = {name for name, found in distinct.items() if all(_NUMBER.fullmatch(text or "") for text in found)}
    constant = [name for name, values in texts.items() if len(set(values)) < 2]
    rows = len(next(iter(cells.values()), ()))
    identifiers = [name for name, found in distinct.items() if len(found) == rows > 1 and name not in numeric]
    mixed = [
        name
        for name, found in distinct.items()
        if name not in (*numeric, *identifiers, *constant) and any(_NUMBER.fullmatch(text or "") for text in found)
    ]
    for what, names in ((LISTS, lists), (CONSTANT, constant), (IDENTIFIERS, identifiers), (SOME_NUMBERS, mixed)):
        if names:
            decisions.count(what.format(names=", ".join(names[:5]) + (", ..." if len(names) > 5 else "")), len(names))
    return {
        name: [float(text) if text is not None and name in numeric else text for text in values]
        for name, values in texts.items()
        if name not in (*constant, *identifiers)
    }


def _text(value: object) -> str | None:
    """The cell as text; null for a missing value."""
    text = (value_text(value) or "").strip()
    return None if text.casefold() in MISSING else text
