"""Lists and objects that stand in a cell as text, as CSV files have them."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from harness.user_files.decision_log import DecisionLog
from harness.user_files.record import Record

DECODED = "cells held a list of messages as JSON text, which was decoded"


def decoded(value: Any) -> Any:
    """The list or object that a text spells as JSON, or as Python prints it (pandas does so); otherwise the value."""
    if not isinstance(value, str) or value.strip()[:1] not in ("[", "{"):
        return value
    for read in (json.loads, _python_literal):
        try:
            found = read(value.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):  # it is text that only begins with a bracket
            continue
        return found if isinstance(found, list | dict) else value
    return value


def with_decoded(records: Sequence[Record], wanted: Callable[[Any], bool], decisions: DecisionLog) -> list[Record]:
    """The records with each text decoded that spells something `wanted`; all other texts stay as they are."""
    return [_with_decoded(record, wanted, decisions) for record in records]


def _with_decoded(record: Record, wanted: Callable[[Any], bool], decisions: DecisionLog) -> Record:
    found = {
        name: inner
        for name, value in record.value.items()
        if isinstance(value, str) and (inner := decoded(value)) is not value and wanted(inner)
    }
    decisions.count(DECODED, len(found))
    return replace(record, value={**record.value, **found}) if found else record


def _python_literal(text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # a backslash in the text of a message
        return ast.literal_eval(text)
