"""Records of JSONL and JSON files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from harness.errors import DataError
from harness.user_files.containers.json_values import parse_json
from harness.user_files.containers.text_stream import TextStream
from harness.user_files.decisions import DecisionLog
from harness.user_files.record import Record

_PARTS_OF_A_RECORD = {"Instances", "messages", "conversations", "conversation", "replies", "chosen", "rejected"}
"""Lists below these keys belong to one record; a list below any other key is the list of records."""
_WHITESPACE = " \t\n\r"


def json_lines(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
    """One object per line; blank lines are passed over.

    Raises:
        DataError: a line is no JSON object.
    """
    return _of_lines(text.lines(), decisions)


def json_document(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
    """An array of objects, an object with one such array, or one object that is a record itself.

    A `.json` file with one object per line, which is JSONL, is taken as that.

    Raises:
        DataError: it is no JSON, or none of these.
    """
    content = text.all()
    if _is_lines(content):
        decisions.count("files held one object per line and were read as JSONL")
        yield from _of_lines(iter(content.split("\n")), decisions)
        return
    value = parse_json(content, first_line=1, decisions=decisions)
    if isinstance(value, list):
        for index, (line, inner) in enumerate(zip(_lines_of_elements(content), value, strict=True)):
            yield Record(line, index, _object(inner, where=f"{decisions.path}:{line}"))
    elif isinstance(value, dict):
        for index, inner in enumerate(_records_of(value, decisions)):
            yield Record(None, index, _object(inner, where=f"{decisions.path}: record {index + 1}"))
    else:
        raise DataError(f"holds {_kind(value)}", where=decisions.path, expected="an array of objects")


def _of_lines(lines: Iterator[str], decisions: DecisionLog) -> Iterator[Record]:
    index = 0
    for number, line in enumerate(lines, 1):
        if line.strip():
            value = parse_json(line, first_line=number, decisions=decisions)
            yield Record(number, index, _object(value, where=f"{decisions.path}:{number}"))
            index += 1


def _is_lines(content: str) -> bool:
    """Two objects (or lists) or more, each on a line of its own."""
    first, _, rest = content.lstrip().partition("\n")
    if first[:1] not in ("{", "[") or rest.lstrip()[:1] != first[:1]:
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def _lines_of_elements(content: str) -> Iterator[int]:
    """The line on which each element of an array starts; `content` is known to be such an array."""
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


def _records_of(value: dict[str, Any], decisions: DecisionLog) -> list[Any]:
    """The one list of objects in `value`, or `value` itself."""
    lists = {name: inner for name, inner in value.items() if isinstance(inner, list)}
    if _PARTS_OF_A_RECORD & value.keys() or isinstance(value.get("prompt"), dict):
        return [value]
    named = {name: inner for name, inner in lists.items() if inner and isinstance(inner[0], dict)}
    if len(named) == 1:
        decisions.count("keys beside the list of records were not read", len(value) - 1)
        return next(iter(named.values()))
    if named:
        raise DataError(
            f"holds several lists of objects: {', '.join(named)}",
            where=decisions.path,
            expected="one list of records",
            hint="write one list, with a column that says which part a record is from (`split`)",
        )
    if any(lists.values()) or any(isinstance(inner, dict) for inner in value.values()):
        raise DataError(
            f"holds columns ({', '.join(value)}), not records",
            where=decisions.path,
            expected='[{"text": ..., "label": ...}, ...]',
            hint="with pandas: frame.to_json(path, orient='records', lines=True) writes JSONL",
        )
    return [] if lists else [value]


def _object(value: Any, *, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DataError(f"holds {_kind(value)}", where=where, expected="an object with named values per record")
    return value


def _kind(value: Any) -> str:
    names = {str: "a text", list: "a list", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "null")
