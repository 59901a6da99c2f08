"""Prompt and completion: free-text answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.user_files.cell_text import cell_text, is_cell
from harness.user_files.columns import COMPLETIONS, PROMPTS, TEXTS, Columns, the_one
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.contract import TableFormat
from harness.user_files.formats.dialogue import conversation_text, is_conversation, read_turns
from harness.user_files.record import Record


class PromptCompletion(TableFormat):
    """A prompt and the reply to it, as texts or as lists of messages (TRL's conversational format)."""

    name = "prompt_completion"
    title = "prompt/completion (prompt, completion)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Exactly one column has a name for prompts, and one a name for completions."""
        columns = self.resolve(list(value), Columns())
        if columns is None:
            return False
        return all(is_cell(value[name]) or is_conversation(value[name]) for name in columns.named.values())

    def resolve(self, names: Sequence[str], given: Columns) -> Columns | None:
        """Fill in the input and output columns."""
        free = given.others(names)
        output = given.output or the_one(free, COMPLETIONS)
        rest = [name for name in free if name != output]
        # if the user names the output, a column of texts may be the prompt
        asked = given.input or the_one(rest, PROMPTS) or (the_one(rest, TEXTS) if given.output else None)
        return replace(given, input=asked, output=output) if asked and output else None

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per record."""
        for record in records:
            text = _text(record, columns.input, decisions)
            yield Draft(record, text, answer=_text(record, columns.output, decisions))


def _text(record: Record, column: str | None, decisions: DecisionLog) -> str | None:
    value = record.value.get(column or "")
    if not is_conversation(value):
        return cell_text(record, column)
    turns = read_turns(value, decisions)
    only = len(turns) == 1 and turns[0].role != "system"
    return turns[0].text if only else conversation_text(turns)
