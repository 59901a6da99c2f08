"""Read the small CSV files of a package, with errors that name the file and the line."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from harness.errors import DataError


def read_csv(path: Path, *, header: Sequence[str]) -> list[list[str]]:
    """The rows below the header, each with as many cells as `header`; empty lines are left out.

    Raises:
        DataError: the file is missing, is not UTF-8, has another header, or a row has fewer cells.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [(reader.line_num, row) for reader in [csv.reader(file)] for row in reader]
    except FileNotFoundError:
        raise DataError("the list is missing", where=str(path), hint="run `harness fetch`") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"the list is not CSV in UTF-8: {error}", where=str(path), hint="run `harness fetch`") from None
    expected = f"the columns {', '.join(header)}"
    if not rows or rows[0][1][: len(header)] != list(header):
        raise DataError("the list has another header", where=str(path), expected=expected)
    found: list[list[str]] = []
    for line, row in rows[1:]:
        if not row:
            continue
        if len(row) < len(header):
            raise DataError(f"line {line} has {len(row)} cells", where=str(path), expected=expected)
        found.append(row[: len(header)])
    return found
