"""Prompt and completion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.user_files.cells import cell, is_cell
from harness.user_files.columns import COMPLETIONS, PROMPTS, TEXTS, Columns, the_one
from harness.user_files.decisions import DecisionLog
from harness.user_files.dialogue import as_text, is_turns, read_turns
from harness.user_files.formats.contract import Draft, TableFormat
from harness.user_files.record import Record


class PromptCompletion(TableFormat):
    """What is asked and what a model should write, as texts or as lists of messages (TRL's conversational form)."""

    name = "prompt_completion"
    title = "prompt/completion (prompt, completion)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Exactly one column is called like a prompt and one like a completion."""
        columns = self.resolve(list(value), Columns())
        if columns is None:
            return False
        return all(is_cell(value[name]) or is_turns(value[name]) for name in columns.named.values())

    def resolve(self, names: Sequence[str], given: Columns) -> Columns | None:
        """Fill in input and output."""
        free = given.others(names)
        output = given.output or the_one(free, COMPLETIONS)
        rest = [name for name in free if name != output]
        # told which column is the answer, a text is as good as a question
        asked = given.input or the_one(rest, PROMPTS) or (the_one(rest, TEXTS) if given.output else None)
        return replace(given, input=asked, output=output) if asked and output else None

    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One per record."""
        for record in records:
            text = _words(record, columns.input, decisions)
            yield Draft(record, text, answer=_words(record, columns.output, decisions))


def _words(record: Record, column: str | None, decisions: DecisionLog) -> str | None:
    value = record.value.get(column or "")
    if not is_turns(value):
        return cell(record, column, decisions)
    turns = read_turns(value, decisions)
    only = len(turns) == 1 and turns[0].role != "system"
    return turns[0].words if only else as_text(turns)
