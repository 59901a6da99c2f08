"""Read records with a record format into drafts."""

from __future__ import annotations

from typing import Any

from harness.user_files.columns import NONE_GIVEN
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.registry import FORMATS
from harness.user_files.record import Record


def drafted(name: str, *values: dict[str, Any]) -> tuple[list[Draft], dict[str, int]]:
    """The drafts, and decision -> number of records."""
    decisions = DecisionLog()
    records = [Record("file", place + 1, place, value) for place, value in enumerate(values)]
    drafts = list(FORMATS[name].drafts(records, NONE_GIVEN, decisions=decisions))
    return drafts, {note.what: note.count for note in decisions.notes()}
