"""Preferences: a chosen and a rejected reply to one prompt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.user_files.cell_text import cell_text, is_cell, joined
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.formats.dialogue import Turn, conversation_text, is_conversation, read_transcript, read_turns
from harness.user_files.record import Record

NO_COMMON = "preferences whose two conversations do not first differ in a reply were left out"
SAME = "preferences with the same chosen and rejected reply were left out"
TAIL = "preferences had the messages after the first different reply cut off"
_PROMPT_COLUMNS = ("prompt", "question", "instruction", "query")


class Preference(RecordFormat):
    """Two replies to one prompt; people prefer the reply in `chosen` to the reply in `rejected`.

    The prompt is a column (`prompt`, `question`, `instruction` or `query`, with `input` and `system` added if they
    exist), a list of messages, or the beginning that both conversations share. A conversation is a list of messages, or
    a text with "\\n\\nHuman: " and "\\n\\nAssistant: " as in hh-rlhf (Bai et al., 2022).
    """

    name = "preference"
    title = "preference (prompt, chosen, rejected)"
    needs = ("text", "answer", "wrong_answers")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """The record has `chosen` and `rejected`, and both are texts or both are messages."""
        if not {"chosen", "rejected"} <= value.keys():
            return False
        return len({_kind(value["chosen"]), _kind(value["rejected"])} - {"empty"}) <= 1

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per record with two different replies."""
        for record in records:
            parts = _parts(record, decisions)
            if parts is None:
                decisions.count(NO_COMMON)
                continue
            text, chosen, rejected = parts
            if chosen and rejected and chosen.strip() == rejected.strip():
                decisions.count(SAME)
                continue
            wrong = (rejected,) if rejected and rejected.strip() else ()
            yield Draft(record, text, answer=chosen, wrong_answers=wrong)


def _parts(record: Record, decisions: DecisionLog) -> tuple[str | None, str | None, str | None] | None:
    """(prompt, chosen, rejected); None if the prompt cannot be separated from the replies."""
    prompt = _prompt(record, decisions)
    if not record.value.get("chosen") or not record.value.get("rejected"):
        return prompt, None, None
    turns = [_conversation(record.value[name], decisions) for name in ("chosen", "rejected")]
    if not all(turns):
        return prompt, cell_text(record, "chosen"), cell_text(record, "rejected")
    if turns[0] == turns[1]:
        return prompt, turns[0][-1].text, turns[1][-1].text
    common = 0
    while common < min(map(len, turns)) and turns[0][common] == turns[1][common]:
        common += 1
    if any(len(side) == common or side[common].role != "assistant" for side in turns):
        return None
    if common == 0 and prompt is None:
        return None
    decisions.count(TAIL, int(any(len(side) > common + 1 for side in turns)))
    text = conversation_text(turns[0][:common]) if common else prompt
    return text, turns[0][common].text, turns[1][common].text


def _conversation(value: Any, decisions: DecisionLog) -> list[Turn]:
    """The turns; empty if the value is not a conversation."""
    if isinstance(value, str):
        return read_transcript(value)
    return read_turns([value] if isinstance(value, dict) else value, decisions)


def _prompt(record: Record, decisions: DecisionLog) -> str | None:
    value = record.value
    for name in ("prompt", "conversations"):
        if is_conversation(value.get(name)):
            return conversation_text(read_turns(value[name], decisions))
    asked = cell_text(record, next((name for name in _PROMPT_COLUMNS if name in value), None))
    if asked is None or not asked.strip():
        return None
    transcript = read_transcript(asked)
    if transcript:
        return conversation_text([turn for turn in transcript if turn.text])
    system_column = next((name for name in ("system", "system_prompt") if name in value), None)
    return joined(cell_text(record, system_column), asked, cell_text(record, "input"))


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    if is_conversation(value) or (isinstance(value, dict) and is_conversation([value])):
        return "messages"
    return "text" if is_cell(value) else "other"
