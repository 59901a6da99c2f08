"""The text of one cell: the value of one column of one record."""

from __future__ import annotations

import math
from typing import Any

from harness.errors import DataError
from harness.user_files.record import Record


def is_cell(value: Any) -> bool:
    """Whether `value` is a single value: a text, a number, true, false or null."""
    return not isinstance(value, list | tuple | dict | bytes)


def is_empty(value: Any) -> bool:
    """Whether a cell holds nothing: null, a blank text, an empty list, or one of these as JSON text."""
    if isinstance(value, str):
        return value.strip() in ("", "[]", "{}", "null", "None", "NaN", "nan")
    return value is None or value != value or value in ([], {}) or (is_cell(value) and value_text(value) is None)


def kind_of(value: Any) -> str:
    """What a value is that is not a cell, for messages: `a list`."""
    kinds: dict[type, str] = {dict: "an object", bytes: "bytes (a picture or a sound?)"}
    return kinds.get(type(value), "a list")


def cell_text(record: Record, column: str | None) -> str | None:
    """The cell as text; None if the cell or the column is missing.

    Raises:
        DataError: the cell holds a list, an object or bytes.
    """
    value = record.value.get(column) if column is not None else None
    if not is_cell(value):
        raise DataError(
            f'the column "{column}" holds {kind_of(value)}',
            where=record.where,
            expected="one text per record",
            hint="write the value as text, or name another column",
        )
    return value_text(value)


def value_text(value: Any) -> str | None:
    """A text as it is, `true` for True, `1` for 1.0, None for NaN."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def joined(*parts: str | None) -> str:
    """The parts that are not blank, separated by blank lines."""
    return "\n\n".join(part.strip() for part in parts if part and part.strip())
