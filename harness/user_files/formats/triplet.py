"""Anchor, positive and negatives: training pairs for embedding models."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.user_files.cell_text import cell_text, is_cell, value_text
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.record import Record

_NUMBERED = re.compile(r"negative_?(\d+)")


class Triplet(RecordFormat):
    """A text, a text that it should find, and any number of texts that it should not find.

    Columns: `anchor` or `query`; `positive`; optionally `negative`, a list `negatives`, or `negative_1`, `negative_2`
    and so on.
    """

    name = "triplet"
    title = "anchor/positive/negative (anchor, positive, negative)"
    needs = ("text", "positive")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """The record has an anchor and a positive, and each is one text."""
        anchor = _anchor(value)
        return anchor is not None and "positive" in value and is_cell(value[anchor]) and is_cell(value["positive"])

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per record; its text is the anchor."""
        for record in records:
            yield Draft(
                record,
                cell_text(record, _anchor(record.value)),
                positive=cell_text(record, "positive"),
                negatives=tuple(_negatives(record)),
            )

    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """Anchor, positive and all negatives."""
        anchor = next((name for name in ("anchor", "query") if name in names), "anchor")
        return {anchor, "positive", *_negative_columns(names)}


def _anchor(value: Mapping[str, Any]) -> str | None:
    return next((name for name in ("anchor", "query") if name in value), None)


def _negative_columns(names: Iterable[str]) -> list[str]:
    numbered = [(int(match[1]), name) for name in names if (match := _NUMBERED.fullmatch(name))]
    return ["negative", "negatives", *(name for _, name in sorted(numbered))]


def _negatives(record: Record) -> Iterator[str]:
    for name in _negative_columns(record.value):
        value = record.value.get(name)
        if isinstance(value, list) and all(map(is_cell, value)):
            yield from (text for text in map(value_text, value) if text is not None)
        elif (text := cell_text(record, name)) is not None:
            yield text
