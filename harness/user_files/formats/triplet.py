"""Anchor, positive and negatives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.user_files.cells import cell, is_cell, spelled
from harness.user_files.columns import Columns
from harness.user_files.decisions import DecisionLog
from harness.user_files.formats.contract import Draft, RecordFormat
from harness.user_files.record import Record

_NUMBERED = re.compile(r"negative_?(\d+)")


class Triplet(RecordFormat):
    """A text, one that it should find, and any number that it should not: for embedding models.

    `anchor` or `query`; `positive`; `negative`, or `negatives` as a list, or `negative_1`, `negative_2` and so on,
    which may all be missing.
    """

    name = "triplet"
    title = "anchor/positive/negative (anchor, positive, negative)"
    needs = ("text", "positive")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """An anchor and a positive, one text each."""
        anchor = _anchor(value)
        return anchor is not None and "positive" in value and is_cell(value[anchor]) and is_cell(value["positive"])

    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One per record; its text is the anchor."""
        for record in records:
            yield Draft(
                record,
                cell(record, _anchor(record.value), decisions),
                positive=cell(record, "positive", decisions),
                negatives=tuple(_negatives(record, decisions)),
            )


def _anchor(value: Mapping[str, Any]) -> str | None:
    return next((name for name in ("anchor", "query") if name in value), None)


def _negatives(record: Record, decisions: DecisionLog) -> Iterator[str]:
    numbered = [(int(match[1]), name) for name in record.value if (match := _NUMBERED.fullmatch(name))]
    for name in ["negative", "negatives", *(name for _, name in sorted(numbered))]:
        value = record.value.get(name)
        if isinstance(value, list) and all(map(is_cell, value)):
            yield from (words for words in map(spelled, value) if words is not None)
        elif (words := cell(record, name, decisions)) is not None:
            yield words
