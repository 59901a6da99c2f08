"""Where a file itself says which split a record belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.errors import DataError
from harness.items.item import Item, Split
from harness.user_files.cells import cell
from harness.user_files.decisions import DecisionLog
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
"""As files spell them, case aside."""


def with_splits(
    items: Sequence[Item], records: Sequence[Record], column: str | None, *, decisions: DecisionLog
) -> list[Item]:
    """The items with `given_split` from `column` of their records; unchanged if there is no such column.

    Raises:
        DataError: a split is unknown, or only some records have one.
    """
    if column is None:
        return list(items)
    splits = [_split(record, column, decisions) for record in records]
    if any(splits) and not all(splits):
        place = splits.index(None)
        raise DataError(
            f'{splits.count(None)} of {len(splits)} records have no "{column}", this is the first',
            where=decisions.at(records[place]),
            expected="a split for every record, or for none",
            hint="fill the column, or leave --split out to have the harness split the file",
        )
    return [replace(item, given_split=split) for item, split in zip(items, splits, strict=True)]


def _split(record: Record, column: str, decisions: DecisionLog) -> Split | None:
    name = (cell(record, column, decisions) or "").strip()
    if name and name.casefold() not in NAMES:
        raise DataError(
            f'the split "{name[:80]}" is unknown', where=decisions.at(record), expected=f"one of {', '.join(NAMES)}"
        )
    return NAMES.get(name.casefold())
