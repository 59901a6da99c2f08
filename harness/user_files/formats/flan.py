"""FLAN."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.user_files.cells import cell, is_cell, joined
from harness.user_files.columns import Columns
from harness.user_files.decisions import DecisionLog
from harness.user_files.formats.contract import Draft, RecordFormat
from harness.user_files.record import Record


class Flan(RecordFormat):
    """Inputs and targets (Longpre et al., 2023).

    With a `definition`, as flat files of Super-NaturalInstructions have, the text is it, a blank line, the inputs.
    """

    name = "flan"
    title = "FLAN (inputs, targets)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Both keys."""
        return {"inputs", "targets"} <= value.keys() and is_cell(value["inputs"]) and is_cell(value["targets"])

    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One per record."""
        for record in records:
            asked = cell(record, "inputs", decisions)
            text = joined(cell(record, "definition", decisions), asked) if asked and asked.strip() else None
            yield Draft(record, text, answer=cell(record, "targets", decisions))
