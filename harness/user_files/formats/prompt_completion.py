"""Prompt and completion: free-text answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.user_files.cell_text import cell_text, is_cell, joined
from harness.user_files.columns import COMPLETIONS, PROMPTS, TEXTS, Columns, the_one
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.context import context_columns, with_context
from harness.user_files.formats.contract import TableFormat
from harness.user_files.formats.dialogue import (
    Role,
    Turn,
    conversation_text,
    is_conversation,
    is_refused,
    last_reply,
    read_turns,
)
from harness.user_files.record import Record

_PASSAGES = ("context", "passage")
"""Columns of a passage that a question is about. It follows the question after a blank line, as in Dolly."""


class PromptCompletion(TableFormat):
    """A prompt and the reply to it, as texts or as lists of messages (TRL's conversational format).

    A passage follows the prompt. A system prompt, tools and earlier turns stand before it (see `context`).
    """

    name = "prompt_completion"
    is_one_reply = True
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
            asked = _turns(record, columns.input, "user", decisions)
            replied = _turns(record, columns.output, "assistant", decisions)
            place = last_reply(replied)
            passages = [cell_text(record, name) for name in sorted(self._passages(record.value.keys(), columns))]
            if not asked or place is None:
                if not is_refused([*asked, *replied], decisions):
                    yield Draft(record, conversation_text(asked) or None)
                continue
            if is_refused([replied[place]], decisions):
                continue
            asked[-1] = replace(asked[-1], text=joined(asked[-1].text, *passages))
            # of a completion of several messages only the last is learnt: the others may hold what a tool answered
            text = with_context(record, [*asked, *replied[:place]], columns, decisions)
            if text is not None:
                yield Draft(record, text, answer=replied[place].text)

    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """Prompt, completion, passage and context."""
        return self._passages(names, columns) | context_columns(names, columns)

    def _passages(self, names: Collection[str], columns: Columns) -> set[str]:
        return {name for name in _PASSAGES if name in names and name not in columns.named.values()}


def _turns(record: Record, column: str | None, role: Role, decisions: DecisionLog) -> list[Turn]:
    """The messages of a column; a text is one turn of `role`, and an empty one is none."""
    value = record.value.get(column or "")
    if is_conversation(value):
        return read_turns(value, decisions)
    text = cell_text(record, column)
    return [Turn(role, text)] if text and text.strip() else []
