"""Lists and objects that stand in a cell as text, as CSV files have them."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from harness.user_files.cell_text import is_cell, kind_of
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


def shape_of(value: Any) -> str | None:
    """What a cell holds beside a plain value, for messages; None for a plain value."""
    if isinstance(value, str):
        is_list = value.lstrip()[:1] in ("[", "{")
        return "text that looks like a list, but is not JSON" if is_list and decoded(value) is value else None
    if is_cell(value):
        return None
    keys = list(value[0]) if isinstance(value, list) and value and isinstance(value[0], dict) else []
    listed = ", ".join(f'"{str(key)[:30]}"' for key in keys[:5])
    return f"a list of objects with the keys {listed}" if keys else kind_of(value)


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
