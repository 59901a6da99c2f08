"""Read JSON and JSONL files: each object is a record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from harness.errors import DataError
from harness.user_files.containers.json.json_splits import is_splits, records_of_splits
from harness.user_files.containers.json.json_values import parse_json
from harness.user_files.containers.text_stream import TextStream
from harness.user_files.decision_log import DecisionLog
from harness.user_files.record import Record

_PARTS_OF_A_RECORD = {"Instances", "messages", "conversations", "conversation", "replies", "chosen", "rejected"}
"""A list under one of these keys is part of a record; a list under any other key is the list of records."""
_WHITESPACE = " \t\n\r"
_JSONL_HINT = "write one object per record; pandas: frame.to_json(path, orient='records', lines=True)"


def json_lines(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
    """One object per line; blank lines are skipped.

    Raises:
        DataError: a line is not a JSON object.
    """
    return _of_lines(text.lines(), decisions, path=text.path)


def json_document(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
    """The records of an array of objects, of an object with one such array, or of one object, which is the record.

    If the keys of the object are splits, as in `{"train": [...], "test": [...]}`, each record gets its key in a column.
    A `.json` file with one object per line is read as JSONL.

    Raises:
        DataError: the file is not JSON, or has another layout.
    """
    content = text.all()
    if _is_lines(content):
        decisions.count("files held one object per line and were read as JSONL")
        yield from _of_lines(iter(content.split("\n")), decisions, path=text.path)
        return
    value = parse_json(content, path=text.path, first_line=1, decisions=decisions)
    if isinstance(value, list):
        for index, (line, inner) in enumerate(zip(_lines_of_elements(content), value, strict=True)):
            yield Record(text.path, line, index, _object(inner, where=f"{text.path}:{line}"))
    elif isinstance(value, dict) and is_splits(value):
        yield from records_of_splits(value, decisions, path=text.path)
    elif isinstance(value, dict):
        for index, inner in enumerate(_records_of(value, decisions, where=text.path)):
            yield Record(text.path, None, index, _object(inner, where=f"{text.path}: record {index + 1}"))
    else:
        what = f"the file holds {_kind(value)}"
        raise DataError(what, where=text.path, expected="an array of objects", hint=_JSONL_HINT)


def _of_lines(lines: Iterator[str], decisions: DecisionLog, *, path: str) -> Iterator[Record]:
    index = 0
    for number, line in enumerate(lines, 1):
        if line.strip():
            value = parse_json(line, path=path, first_line=number, decisions=decisions)
            yield Record(path, number, index, _object(value, where=f"{path}:{number}"))
            index += 1


def _is_lines(content: str) -> bool:
    """Whether the content is two or more objects (or lists), each on its own line."""
    first, _, rest = content.lstrip().partition("\n")
    if first[:1] not in ("{", "[") or rest.lstrip()[:1] != first[:1]:
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def _lines_of_elements(content: str) -> Iterator[int]:
    """The line on which each element of the array `content` starts; `content` must be a valid JSON array."""
    decoder = json.JSONDecoder()
    place, line, counted = _after_blanks(content, content.index("[") + 1), 1, 0
    while content[place] != "]":
        line, counted = line + content.count("\n", counted, place), place
        yield line
        _, place = decoder.raw_decode(content, place)
        place = _after_blanks(content, place)
        if content[place] == ",":
            place = _after_blanks(content, place + 1)


def _after_blanks(content: str, place: int) -> int:
    while content[place] in _WHITESPACE:
        place += 1
    return place


def _records_of(value: dict[str, Any], decisions: DecisionLog, *, where: str) -> list[Any]:
    """The only list of objects in `value`; otherwise `value` itself is the record."""
    lists = {name: inner for name, inner in value.items() if isinstance(inner, list)}
    if _PARTS_OF_A_RECORD & value.keys() or isinstance(value.get("prompt"), dict):
        return [value]
    named = {name: inner for name, inner in lists.items() if inner and isinstance(inner[0], dict)}
    if len(named) == 1:
        decisions.count("keys beside the list of records were not read", len(value) - 1)
        return next(iter(named.values()))
    if named:
        raise DataError(
            f"the file holds several lists of objects: {', '.join(named)}",
            where=where,
            expected="one list of records",
            hint="keys such as train and test would be read as splits; if these are classes, write one list and add a "
            'column "label" with the name of the former list; or give each list a file of its own',
        )
    if any(lists.values()) or any(isinstance(inner, dict) for inner in value.values()):
        raise DataError(
            f"the file holds columns ({', '.join(value)}), not records",
            where=where,
            expected='[{"text": ..., "label": ...}, ...]',
            hint=_JSONL_HINT,
        )
    return [] if lists else [value]


def _object(value: Any, *, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        what = f"the record is {_kind(value)}"
        raise DataError(what, where=where, expected="an object with named values", hint=_JSONL_HINT)
    return value


def _kind(value: Any) -> str:
    names = {str: "a text", list: "a list", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "null")
