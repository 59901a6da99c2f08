"""Dolly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.user_files.cells import cell, is_cell, joined
from harness.user_files.columns import Columns
from harness.user_files.decisions import DecisionLog
from harness.user_files.formats.contract import Draft, RecordFormat
from harness.user_files.record import Record


class Dolly(RecordFormat):
    """An instruction, a context that may be empty, and the response (Conover et al., 2023).

    Text: the instruction, a blank line, the context. `category` says what kind of task it is; it becomes the label only
    if it is asked for with `--label category`.
    """

    name = "dolly"
    title = "Dolly (instruction, context, response, category)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Instruction, context and response."""
        keys = ("instruction", "context", "response")
        return set(keys) <= value.keys() and all(is_cell(value[key]) for key in keys)

    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One per record; without an instruction it is left out."""
        for record in records:
            asked = cell(record, "instruction", decisions)
            text = joined(asked, cell(record, "context", decisions)) if asked and asked.strip() else None
            yield Draft(record, text, answer=cell(record, "response", decisions))
