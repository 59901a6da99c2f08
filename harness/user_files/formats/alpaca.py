"""Alpaca."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.user_files.cells import cell, is_cell, joined
from harness.user_files.columns import Columns
from harness.user_files.decisions import DecisionLog
from harness.user_files.formats.contract import Draft, RecordFormat
from harness.user_files.record import Record


class Alpaca(RecordFormat):
    """An instruction, an input that may be empty, and the output (Taori et al., 2023).

    Text: the instruction, a blank line, the input.
    """

    name = "alpaca"
    title = "Alpaca (instruction, input, output)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Instruction and output; the input may be missing."""
        keys = ("instruction", "input", "output")
        return {"instruction", "output"} <= value.keys() and all(is_cell(value.get(key)) for key in keys)

    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One per record; without an instruction it is left out."""
        for record in records:
            asked = cell(record, "instruction", decisions)
            text = joined(asked, cell(record, "input", decisions)) if asked and asked.strip() else None
            yield Draft(record, text, answer=cell(record, "output", decisions))
