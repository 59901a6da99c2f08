"""OpenOrca."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.user_files.cells import cell, is_cell, joined
from harness.user_files.columns import Columns
from harness.user_files.decisions import DecisionLog
from harness.user_files.formats.contract import Draft, RecordFormat
from harness.user_files.record import Record


class OpenOrca(RecordFormat):
    """A system prompt that may be empty, a question and the response (Lian et al., 2023).

    Text: the system prompt, a blank line, the question.
    """

    name = "open_orca"
    title = "OpenOrca (system_prompt, question, response)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """All three keys."""
        keys = ("system_prompt", "question", "response")
        return set(keys) <= value.keys() and all(is_cell(value[key]) for key in keys)

    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One per record; without a question it is left out."""
        for record in records:
            asked = cell(record, "question", decisions)
            text = joined(cell(record, "system_prompt", decisions), asked) if asked and asked.strip() else None
            yield Draft(record, text, answer=cell(record, "response", decisions))
