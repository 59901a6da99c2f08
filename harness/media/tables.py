"""Table rows: a JSON file holds one row, `{"radius": 17.99, "city": "Brno", "note": null}`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.media.refusal import UnusableFile

Cell = float | str | None
"""A number, the name of a category, or nothing for a missing value."""


def read_row(file: Path) -> dict[str, Cell]:
    """Column -> value, in the order of the table's columns.

    Raises:
        DataError: the file is missing or holds no row.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("the table row is missing", where=str(file), hint="run `dvc repro prepare`") from None
    except ValueError as error:
        raise DataError(f"the table row is not valid JSON: {error}", where=str(file)) from None
    if not isinstance(content, dict):
        raise DataError("the file holds no table row", where=str(file), expected='{"column": value, ...}')
    return {name: _cell(value, where=str(file)) for name, value in content.items()}


def row_file(row: Mapping[str, Cell], *, where: str) -> bytes:
    """The content of the file of a row; the same row gives the same bytes. A value that is no number becomes null.

    Raises:
        UnusableFile: the row has no column, no value, or an infinite one.
    """
    plain = {name: _cell(value, where=where) for name, value in row.items()}
    if all(value is None for value in plain.values()):
        raise UnusableFile("the row has no value", where=where)
    return json.dumps(plain, ensure_ascii=False, allow_nan=False).encode()


def _cell(value: Any, *, where: str) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnusableFile(f"a value is {value!r}, expected a number, a text or nothing", where=where)
    if math.isnan(value):
        return None
    if math.isinf(value):
        raise UnusableFile("a value is infinite", where=where)
    return float(value)
