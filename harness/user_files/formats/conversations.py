"""Whole conversations: ShareGPT and OpenAI messages share how a conversation becomes an item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.user_files.decisions import DecisionLog
from harness.user_files.dialogue import Turn, question_and_answer, read_turns
from harness.user_files.formats.contract import Draft
from harness.user_files.record import Record

NO_REPLY = "conversations without a reply to a user were left out"
TRAILING = "conversations had what follows the last reply cut off"


def conversation_drafts(records: Sequence[Record], key: str, *, decisions: DecisionLog) -> Iterator[Draft]:
    """One per conversation: the last assistant turn is the answer, what stands before it the text (`turns.as_text`)."""
    for record in records:
        turns = read_turns(record.value.get(key), decisions)
        found = question_and_answer(turns)
        if found is None:
            decisions.count(NO_REPLY)
        else:
            decisions.count(TRAILING, int(_goes_on(turns)))
            yield Draft(record, found[0], answer=found[1])


def _goes_on(turns: Sequence[Turn]) -> bool:
    return turns[-1].role != "assistant"
