"""Preferences: chosen and rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.user_files.cells import cell, is_cell, joined
from harness.user_files.columns import Columns
from harness.user_files.decisions import DecisionLog
from harness.user_files.dialogue import Turn, as_text, is_turns, read_transcript, read_turns
from harness.user_files.formats.contract import Draft, RecordFormat
from harness.user_files.record import Record

NO_COMMON = "preferences whose two conversations do not part at a reply were left out"
SAME = "preferences whose chosen and rejected reply are the same were left out"
TAIL = "preferences had what follows the first different reply cut off"
_ASKED = ("prompt", "question", "instruction", "query")


class Preference(RecordFormat):
    """Two replies to one prompt, of which people prefer the first.

    The prompt is a column (`prompt`, `question`, `instruction`, `query`; and `input` and `system` beside
    it), or a list of messages, or what both conversations have in common: lists of messages, or texts with
    "\\n\\nHuman: " and "\\n\\nAssistant: " as in hh-rlhf (Bai et al., 2022).
    """

    name = "preference"
    title = "preference (prompt, chosen, rejected)"
    needs = ("text", "answer", "wrong_answers")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Chosen and rejected, of the same kind."""
        if not {"chosen", "rejected"} <= value.keys():
            return False
        return len({_kind(value["chosen"]), _kind(value["rejected"])} - {"empty"}) <= 1

    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One per record."""
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
    """Prompt, chosen, rejected; None if the prompt cannot be told from the replies."""
    prompt = _prompt(record, decisions)
    if not record.value.get("chosen") or not record.value.get("rejected"):
        return prompt, None, None
    turns = [_conversation(record.value[name], decisions) for name in ("chosen", "rejected")]
    if not all(turns):
        return prompt, cell(record, "chosen", decisions), cell(record, "rejected", decisions)
    if turns[0] == turns[1]:
        return prompt, turns[0][-1].words, turns[1][-1].words
    common = 0
    while common < min(map(len, turns)) and turns[0][common] == turns[1][common]:
        common += 1
    if any(len(side) == common or side[common].role != "assistant" for side in turns):
        return None
    if common == 0 and prompt is None:
        return None
    decisions.count(TAIL, int(any(len(side) > common + 1 for side in turns)))
    text = as_text(turns[0][:common]) if common else prompt
    return text, turns[0][common].words, turns[1][common].words


def _conversation(value: Any, decisions: DecisionLog) -> list[Turn]:
    """Empty if it is no conversation."""
    if isinstance(value, str):
        return read_transcript(value)
    return read_turns([value] if isinstance(value, dict) else value, decisions)


def _prompt(record: Record, decisions: DecisionLog) -> str | None:
    value = record.value
    for name in ("prompt", "conversations"):
        if is_turns(value.get(name)):
            return as_text(read_turns(value[name], decisions))
    asked = cell(record, next((name for name in _ASKED if name in value), None), decisions)
    if asked is None or not asked.strip():
        return None
    transcript = read_transcript(asked)
    if transcript:
        return as_text([turn for turn in transcript if turn.words])
    system_column = next((name for name in ("system", "system_prompt") if name in value), None)
    return joined(cell(record, system_column, decisions), asked, cell(record, "input", decisions))


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    if is_turns(value) or (isinstance(value, dict) and is_turns([value])):
        return "messages"
    return "text" if is_cell(value) else "other"
