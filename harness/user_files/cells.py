"""One cell of a record as text."""

from __future__ import annotations

import math
from typing import Any

from harness.errors import DataError
from harness.user_files.decisions import DecisionLog
from harness.user_files.record import Record


def is_cell(value: Any) -> bool:
    """One value, not several: what fits into a cell of a table."""
    return not isinstance(value, list | tuple | dict | bytes)


def kind(value: Any) -> str:
    """What a value is that is no cell: `a list`."""
    kinds: dict[type, str] = {dict: "an object", bytes: "bytes (a picture or a sound?)"}
    return kinds.get(type(value), "a list")


def cell(record: Record, column: str | None, decisions: DecisionLog) -> str | None:
    """The cell as text; None if it, or the column, is missing.

    Raises:
        DataError: it holds a list, an object or bytes.
    """
    value = record.value.get(column) if column is not None else None
    if not is_cell(value):
        raise DataError(
            f'the column "{column}" holds {kind(value)}',
            where=decisions.at(record),
            expected="one text per record",
        )
    return spelled(value)


def spelled(value: Any) -> str | None:
    """`true` for True, `1` for 1.0, None for NaN; texts as they are."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def joined(*parts: str | None) -> str:
    """The parts that are not blank, a blank line between them."""
    return "\n\n".join(part.strip() for part in parts if part and part.strip())
