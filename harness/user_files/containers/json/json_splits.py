"""Read a JSON object that has a key for each split: `{"train": [...], "test": [...]}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.errors import DataError
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.given_splits import NAMES
from harness.user_files.record import Record

READ_AS_SPLITS = 'records got their split from the keys of the JSON object ({keys}), in the column "{column}"'
_COLUMNS = ("split", "key of the file")
"""The column that gets the name of the split; the second if the records have a column of the first name."""


def is_splits(value: Mapping[str, Any]) -> bool:
    """Whether at least two keys are names of splits that hold lists of objects."""
    return sum(_is_split(name, inner) for name, inner in value.items()) > 1


def records_of_splits(value: Mapping[str, Any], decisions: DecisionLog, *, path: str) -> Iterator[Record]:
    """The records of all splits, each with its split.

    Raises:
        DataError: another key also holds a list of objects, or a record is not an object.
    """
    splits = {name: inner for name, inner in value.items() if _is_split(name, inner)}
    others = [name for name in value if name not in splits]
    for name in others:
        if _is_list_of_objects(value[name]):
            raise DataError(
                f'"{name[:60]}" is no split, but holds a list of objects beside {", ".join(splits)}',
                where=path,
                expected=f"keys that are splits: {', '.join(NAMES)}",
                hint="rename or remove the key",
            )
    decisions.count("keys beside the lists of records were not read", len(others))
    taken = {name for inner in splits.values() for record in inner if isinstance(record, dict) for name in record}
    column = next((name for name in _COLUMNS if name not in taken), " ".join(_COLUMNS))
    index = 0
    for name, inner in splits.items():
        for place, record in enumerate(inner, 1):
            if not isinstance(record, dict):
                raise DataError(
                    "the record is no object", where=f'{path}: "{name}" record {place}', expected="an object"
                )
            yield Record(path, None, index, {**record, column: name}, split_column=column)
            index += 1
    decisions.count(READ_AS_SPLITS.format(keys=", ".join(splits), column=column), index)


def _is_split(name: str, value: Any) -> bool:
    return name.strip().casefold() in NAMES and _is_list_of_objects(value)


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
