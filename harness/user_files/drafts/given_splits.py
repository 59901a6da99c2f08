"""Read the split of each record (train, validation or test) from the column that the user names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.errors import DataError
from harness.items.item import Item, Split
from harness.user_files.cell_text import cell_text
from harness.user_files.record import Record

NAMES: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
"""Spelling in the file (in any case) -> split."""


def with_splits(items: Sequence[Item], records: Sequence[Record], column: str | None) -> list[Item]:
    """The items with `given_split` from `column` of their records; unchanged if `column` is None.

    Raises:
        DataError: a split is unknown, or only some records have one.
    """
    if column is None:
        return list(items)
    splits = [_split(record, column) for record in records]
    if any(splits) and not all(splits):
        raise DataError(
            f'{splits.count(None)} of {len(splits)} records have no "{column}"; this is the first of them',
            where=records[splits.index(None)].where,
            expected="a split for every record, or for none",
            hint="fill the column, or leave --split out; then the harness splits the file",
        )
    return [replace(item, given_split=split) for item, split in zip(items, splits, strict=True)]


def _split(record: Record, column: str) -> Split | None:
    name = (cell_text(record, column) or "").strip()
    if name and name.casefold() not in NAMES:
        raise DataError(
            f'the split "{name[:80]}" is unknown',
            where=record.where,
            expected=f"one of {', '.join(NAMES)}",
            hint="correct the column, or leave --split out; then the harness splits the file",
        )
    return NAMES.get(name.casefold())
