"""Read the files that the project wrote itself for a suite: one JSON object per line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.errors import DataError


def read_records(path: Path, *, keys: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, record) of every line that is not blank; errors name the place: `data/suites/style.jsonl:7`.

    Raises:
        DataError: the file is missing or not UTF-8; a line is not a JSON object; a key is missing or unknown; a text is
            empty.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        raise DataError(
            "the file is missing", where=str(path), hint="it belongs to the repository: check it out"
        ) from None
    except UnicodeDecodeError as error:
        raise DataError(f"is not UTF-8 text ({error.reason} at byte {error.start})", where=str(path)) from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            place = f"{path}:{number}"
            yield place, _checked(_object(line, place), place, keys)


def _object(line: str, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError(f"broken JSON: {error}", where=place, hint="one object per line") from None
    if not isinstance(record, dict):
        raise DataError(f"a {type(record).__name__}", where=place, expected="a JSON object")
    return record


def _checked(record: dict[str, Any], place: str, keys: Sequence[str]) -> dict[str, Any]:
    wrong = [f'"{key}" is missing' for key in keys if key not in record]
    wrong += [f'"{key}" is unknown' for key in record if key not in keys]
    wrong += [f'"{key}" is empty' for key, value in record.items() if isinstance(value, str) and not value.strip()]
    if wrong:
        raise DataError("; ".join(wrong), where=place, expected=f"an object with {', '.join(keys)}")
    return record
