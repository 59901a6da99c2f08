"""Read several files into one set of items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from harness.errors import DataError
from harness.items.item import Item
from harness.user_files.columns import NONE_GIVEN, Columns
from harness.user_files.containers.read_file import read_file
from harness.user_files.decision_log import DecisionLog
from harness.user_files.folders.chosen_files import FolderOptions
from harness.user_files.folders.paths import class_of_path, split_of_path
from harness.user_files.layout import DECIDED_BY_FILE, Layout
from harness.user_files.reading import Reading, read_items, reading_of
from harness.user_files.record import FileContent, Record
from harness.user_files.unused_columns import joined_unused

LABELS_OF_PATH = "records got their label from the name of their {name}"
SPLITS_OF_PATH = "records got their split from the path of their file"
EMPTY_FILES = "files are empty and were left out"
_SPLIT = "split of the path"


def read_files(
    folder: Path,
    names: Sequence[str],
    *,
    options: FolderOptions,
    columns: Columns = NONE_GIVEN,
    format: str | None = None,
    at_most: int | None = None,
    layout: Layout = DECIDED_BY_FILE,
) -> Reading:
    """The items of all files, in their order. With several files, ids and clusters start with the path of the file.

    Raises:
        DataError: as `read_items`; the files have different formats or columns; the label or the split is given twice.
    """
    _refuse_both(options, columns, where=str(folder))
    if options.whole_files:
        return _texts(folder, names, options=options, columns=columns, format=format)
    readings: list[tuple[str, Reading]] = []
    for name in names:
        added = _of_path(name, options)
        reading = read_items(
            folder / name,
            columns=replace(columns, **{role: column for role, (column, _) in added.items()}),
            format=format,
            at_most=at_most,
            layout=layout,
            added=dict(added.values()),
        )
        readings.append((name, reading))
    return _joined(readings, options, given=columns, folder=folder)


def _refuse_both(options: FolderOptions, columns: Columns, *, where: str) -> None:
    if options.label_from and columns.label:
        what = f'the label comes from the {options.label_from} and from the column "{columns.label}"'
        raise DataError(what, where=where, hint="name one of them: --label or --label-from")
    if options.split_from_path and columns.split:
        what = f'the split comes from the paths and from the column "{columns.split}"'
        raise DataError(what, where=where, hint="rename the folders, or leave out --split")


def _of_path(name: str, options: FolderOptions) -> dict[str, tuple[str, str]]:
    """Role -> (column to add, its value), for what the path of the file says."""
    added: dict[str, tuple[str, str]] = {}
    if options.label_from and (label := class_of_path(name, options.label_from)):
        added["label"] = (f"name of the {options.label_from}", label)
    if options.split_from_path and (split := split_of_path(name)):
        added["split"] = (_SPLIT, split)
    return added


def _texts(
    folder: Path, names: Sequence[str], *, options: FolderOptions, columns: Columns, format: str | None
) -> Reading:
    """Each file as one text; its path without suffix is its id."""
    records: list[Record] = []
    empty = 0
    roles: dict[str, str] = {}
    for name in names:
        path = folder / name
        if not path.stat().st_size:
            empty += 1
            continue
        added = _of_path(name, options)
        roles |= {role: column for role, (column, _) in added.items()}
        for record in read_file(path, is_whole=True).records:
            value = {"id": str(PurePosixPath(name).with_suffix("")), **record.value, **dict(added.values())}
            records.append(replace(record, index=len(records), value=value))
    reading = reading_of(
        FileContent(records, "UTF-8"), path=folder, columns=replace(columns, input="text", **roles), format=format
    )
    decisions = _notes_of_paths(options, len(records))
    decisions.count(EMPTY_FILES, empty)
    return replace(reading, columns=columns, unused=(), notes=(*reading.notes, *decisions.notes()))


def _joined(
    readings: Sequence[tuple[str, Reading]], options: FolderOptions, *, given: Columns, folder: Path
) -> Reading:
    first_name, first = readings[0]
    items: list[Item] = []
    decisions = DecisionLog()
    for name, reading in readings:
        if (reading.format, reading.columns) != (first.format, first.columns):
            raise DataError(
                f"the file is {reading.title} with {_roles(reading.columns)}, but {first_name} is {first.title} with "
                f"{_roles(first.columns)}",
                where=str(folder / name),
                expected="files of one format, with the same columns",
                hint="choose files with --files PATTERN (option `file` of the domain)",
            )
        items += reading.items if len(readings) == 1 else [_of_file(item, name) for item in reading.items]
        for note in reading.notes:
            decisions.count(note.what, note.count)
    records = sum(reading.records for _, reading in readings)
    for note in _notes_of_paths(options, records).notes():
        decisions.count(note.what, note.count)
    of_path = set(_of_path(first_name, options))
    return replace(
        first,
        items=items,
        notes=decisions.notes(),
        records=records,
        columns=replace(first.columns, **{role: getattr(given, role) for role in of_path}),
        unused=joined_unused([reading.unused for _, reading in readings]),
    )


def _notes_of_paths(options: FolderOptions, records: int) -> DecisionLog:
    decisions = DecisionLog()
    if options.label_from:
        decisions.count_named(LABELS_OF_PATH, options.label_from, records)
    if options.split_from_path:
        decisions.count(SPLITS_OF_PATH, records)
    return decisions


def _roles(columns: Columns) -> str:
    return ", ".join(f'{role} "{name}"' for role, name in columns.named.items()) or "fixed columns"


def _of_file(item: Item, name: str) -> Item:
    """The item with the path of its file before id and cluster, which are independent between files."""
    before = PurePosixPath(name).with_suffix("")
    return replace(item, id=f"{before}/{item.id}", cluster=f"{before}/{item.cluster}")
