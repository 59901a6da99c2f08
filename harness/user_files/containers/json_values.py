"""One JSON value, strictly: no key twice, no half characters; NaN is a missing value."""

from __future__ import annotations

import json
from typing import Any

from harness.errors import DataError
from harness.user_files.decisions import DecisionLog

HALF_CHARACTERS = "records with half of a surrogate pair had it replaced by U+FFFD"


class _RepeatedKeyError(ValueError):
    pass


def parse_json(text: str, *, first_line: int, decisions: DecisionLog) -> Any:
    """The value that `text` spells; `first_line` is where it starts in the file.

    Raises:
        DataError: it is no JSON, with line and column; a key is there twice; numbers or nesting beyond reason.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant)
    except json.JSONDecodeError as error:
        line = first_line + error.lineno - 1
        raise DataError(
            f"is not JSON: {error.msg} at line {line} column {error.colno}",
            where=f"{decisions.path}:{line}",
            hint="check quotes and commas there; a file that was cut off ends in the middle of a record",
        ) from None
    except _RepeatedKeyError as error:
        raise DataError(str(error), where=f"{decisions.path}:{first_line}", expected="each key once") from None
    except RecursionError:
        raise DataError("the JSON is nested too deep", where=f"{decisions.path}:{first_line}") from None
    except ValueError as error:  # an integer of thousands of digits
        raise DataError(f"cannot be read: {error}", where=f"{decisions.path}:{first_line}") from None
    if "\\ud" in text or "\\uD" in text:
        whole = _whole(value)
        if whole != value:
            decisions.count(HALF_CHARACTERS)
        return whole
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _RepeatedKeyError(f'the key "{twice[:80]}" occurs twice in one object')
    return value


def _constant(name: str) -> float | None:
    return None if name == "NaN" else float(name)


def _whole(value: Any) -> Any:
    """Without lone surrogates: no file can hold those."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(inner) for name, inner in value.items()}
    return value
