"""Preferences: a chosen and a rejected reply to one prompt."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.user_files.cell_text import cell_text, is_cell, joined, value_text
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.context import context_columns, context_turns
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.formats.dialogue import (
    Turn,
    conversation_text,
    is_conversation,
    is_refused,
    read_transcript,
    read_turns,
)
from harness.user_files.ratings.scale import number_of
from harness.user_files.record import Record

NO_COMMON = "preferences whose two conversations do not first differ in a reply were left out"
SAME = "preferences with the same chosen and rejected reply were left out"
TAIL = "preferences had the messages after the first different reply cut off"
NO_PROMPT = "preferences were left out, because they have no prompt; write it into a column named prompt"
_SPELLINGS = (
    ("chosen", "rejected"),
    ("chosen_messages", "rejected_messages"),
    ("chosen_response", "rejected_response"),
    ("response_chosen", "response_rejected"),
    ("preferred_output", "non_preferred_output"),  # OpenAI
)
NOT_BETTER = "preferences were left out, because the chosen reply has no higher score than the rejected one"
_SCORES = tuple(
    pair
    for word in ("score", "rating", "reward")
    for sign in "_-"
    for pair in ((f"chosen{sign}{word}", f"rejected{sign}{word}"), (f"{word}{sign}chosen", f"{word}{sign}rejected"))
)
"""(score of the chosen reply, score of the rejected reply): `score_chosen`, `chosen-rating`, ..."""
_PROMPT_COLUMNS = ("prompt", "question", "instruction", "query")
_CONVERSATION_COLUMNS = ("prompt", "conversations", "prompt_messages", "messages")


@dataclass(frozen=True)
class Replies:
    """Two replies to one prompt, each a text, a message or a conversation."""

    chosen: Any
    rejected: Any


class Preference(RecordFormat):
    """Two replies to one prompt; people prefer the reply in `chosen` to the reply in `rejected`.

    The prompt is a column (`prompt`, `question`, `instruction` or `query`, with `input`, `system` and the other columns
    of `context` added if they exist), a list of messages, or the beginning that both conversations share. A
    conversation is a list of messages, or a text with "\\n\\nHuman: " and "\\n\\nAssistant: " as in hh-rlhf (Bai et
    al., 2022). The two columns may have other usual names: `chosen_messages` and `rejected_messages`,
    `chosen_response` and `rejected_response`, `preferred_output` and `non_preferred_output`.
    """

    name = "preference"
    title = "preference (prompt, chosen, rejected)"
    needs = ("text", "answer", "wrong_answers")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """The record has `chosen` and `rejected`, and both are texts or both are messages."""
        names = _names(value)
        return names is not None and len({_kind(value[name]) for name in names} - {"empty"}) <= 1

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per record with two different replies."""
        for record in records:
            if _is_not_better(record.value):
                decisions.count(NOT_BETTER)
                continue
            chosen, rejected = _names(record.value) or _SPELLINGS[0]
            replies = Replies(record.value.get(chosen), record.value.get(rejected))
            yield from preferred(record, replies, columns, decisions)

    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """The two replies, and what the prompt may be made of."""
        return prompt_columns(names, columns) | {*(_names(dict.fromkeys(names)) or ()), *_score_columns(names)}


def preferred(record: Record, replies: Replies, columns: Columns, decisions: DecisionLog) -> Iterator[Draft]:
    """The draft of a preference, or none if it is refused, which is counted."""
    context, prompt = context_turns(record, columns), _prompt(record, decisions)
    sides = [_turns(value, decisions) for value in (replies.chosen, replies.rejected)]
    if not all(sides):
        if not is_refused([*context, *prompt], decisions):
            yield Draft(record, conversation_text([*context, *prompt]) or None)
        return
    parted = _parted(sides)
    if parted is None:
        decisions.count(NO_COMMON)
        return
    common, chosen, rejected = parted
    # conversations that begin with the prompt repeat it, and often the system prompt
    before = [*(turn for turn in context if turn not in common), *(common or prompt)]
    if is_refused([*before, chosen, rejected], decisions):
        return
    if not any(turn.role == "user" for turn in before):
        decisions.count(NO_PROMPT)
    elif chosen.text.strip() == rejected.text.strip():
        decisions.count(SAME)
    else:
        decisions.count(TAIL, int(any(len(side) > len(common) + 1 for side in sides)))
        yield Draft(record, conversation_text(before), answer=chosen.text, wrong_answers=(rejected.text,))


def prompt_columns(names: Collection[str], columns: Columns) -> set[str]:
    """The columns that the prompt of a preference may be made of."""
    first = next((name for name in _PROMPT_COLUMNS if name in names), None)
    listed = [name for name in ("input", *_CONVERSATION_COLUMNS) if name in names]
    # beside a prompt, `messages` only repeats the chosen conversation
    return (
        ({*listed} - ({"messages"} if first else set()))
        | ({first} if first else set())
        | context_columns(names, columns)
    )


def _score_columns(names: Collection[str]) -> tuple[str, ...]:
    return next((pair for pair in _SCORES if pair[0] in names and pair[1] in names), ())


def _is_not_better(value: Mapping[str, Any]) -> bool:
    """Whether scores beside the two replies contradict the preference."""
    scores = [number_of(value[name]) for name in _score_columns(value)]
    return len(scores) == 2 and scores[0] is not None and scores[1] is not None and scores[0] <= scores[1]


def _names(value: Mapping[str, Any]) -> tuple[str, str] | None:
    """The columns of the two replies."""
    return next((pair for pair in _SPELLINGS if value.keys() >= set(pair)), None)


def _parted(sides: Sequence[Sequence[Turn]]) -> tuple[list[Turn], Turn, Turn] | None:
    """(turns that both sides begin with, the first different reply of each); None if they part elsewhere."""
    first, second = sides
    if first == second:
        return list(first[:-1]), first[-1], second[-1]
    common = 0
    while common < min(len(first), len(second)) and first[common] == second[common]:
        common += 1
    if any(len(side) == common or side[common].role != "assistant" for side in sides):
        return None
    return list(first[:common]), first[common], second[common]


def _turns(value: Any, decisions: DecisionLog) -> list[Turn]:
    """The turns of a conversation, a message, a transcript, or of a text that is one reply."""
    if isinstance(value, list | dict):
        return read_turns([value] if isinstance(value, dict) else value, decisions)
    text = value_text(value) if is_cell(value) else None
    if text is None or not text.strip():
        return []
    return read_transcript(text) or [Turn("assistant", text)]


def _prompt(record: Record, decisions: DecisionLog) -> list[Turn]:
    value = record.value
    if isinstance(value.get("input"), dict) and is_conversation(value["input"].get("messages")):  # OpenAI
        return read_turns(value["input"]["messages"], decisions)
    for name in _CONVERSATION_COLUMNS:
        if is_conversation(value.get(name)):
            turns = read_turns(value[name], decisions)
            if turns and turns[-1].role != "assistant":  # otherwise it holds the reply, too
                return turns
    asked = cell_text(record, next((name for name in _PROMPT_COLUMNS if name in value), None))
    if asked is None or not asked.strip():
        return []
    transcript = read_transcript(asked)
    if transcript:
        return [turn for turn in transcript if turn.text]
    return [Turn("user", joined(asked, cell_text(record, "input")))]


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    if is_conversation(value) or (isinstance(value, dict) and is_conversation([value])):
        return "messages"
    return "text" if is_cell(value) else "other"
