"""Parse one JSON value strictly: no repeated keys, no half surrogate pairs; NaN is a missing value."""

from __future__ import annotations

import json
from typing import Any

from harness.errors import DataError
from harness.user_files.decision_log import DecisionLog

HALF_CHARACTERS = "records had half of a surrogate pair replaced by U+FFFD"


class _RepeatedKeyError(ValueError):
    pass


def parse_json(text: str, *, path: str, first_line: int, decisions: DecisionLog) -> Any:
    """The value of `text`, which starts at line `first_line` of the file `path`.

    Raises:
        DataError: the text is not JSON (with line and column), an object has a key twice, a number has thousands of
            digits, or the nesting is too deep.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant)
    except json.JSONDecodeError as error:
        line = first_line + error.lineno - 1
        raise DataError(
            f"the text is not JSON: {error.msg} at line {line} column {error.colno}",
            where=f"{path}:{line}",
            hint="check quotes and commas there, and that the file is complete",
        ) from None
    except _RepeatedKeyError as error:
        raise DataError(str(error), where=f"{path}:{first_line}", expected="each key once") from None
    except RecursionError:
        raise DataError("the JSON is nested too deeply", where=f"{path}:{first_line}") from None
    except ValueError as error:  # an integer of thousands of digits
        raise DataError(f"the JSON cannot be read: {error}", where=f"{path}:{first_line}") from None
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
    """The value with U+FFFD for lone surrogates, which no file can hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(inner) for name, inner in value.items()}
    return value
