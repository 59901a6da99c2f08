"""Two replies in a column each, and a third column that says which of them is better."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

from harness.user_files.cell_text import is_cell, value_text
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.formats.preference import Replies, preferred, prompt_columns
from harness.user_files.record import Record

TIE = "comparisons that name no winner were left out"
_REPLIES = tuple(
    (f"{word}_{first}", f"{word}_{second}")
    for word in ("human_ref", "response", "answer", "completion", "output", "conversation")
    for first, second in (("A", "B"), ("a", "b"), ("1", "2"))
)
_VERDICTS = ("labels", "winner", "preferred", "preference", "overall_preference", "preference_strength", "better")
_STRENGTHS = ("overall_preference", "preference_strength")
"""Negative where the first reply is better (HelpSteer3)."""
_FIRST = {"a", "model_a", "response_a", "answer_a", "first", "1", "response_1", "model_1"}
_SECOND = {"b", "model_b", "response_b", "answer_b", "second", "2", "response_2", "model_2"}


class TwoReplies(RecordFormat):
    """Replies A and B to one prompt, and the better one.

    SHP (Ethayarajh et al., 2022) has `history`, `human_ref_A`, `human_ref_B` and `labels`, where 1 means A. Chatbot
    Arena (Zheng et al., 2023) has `conversation_a`, `conversation_b` and `winner`: `model_a`, `model_b` or a tie.
    HelpSteer3 has `response1`, `response2` and a strength from -3 (the first is better) to 3.
    """

    name = "two_replies"
    title = "two compared replies (response_a, response_b, winner; SHP: human_ref_A, human_ref_B, labels)"
    needs = ("text", "answer", "wrong_answers")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """The record has two replies, and one column that says which is better."""
        return _replies(value.keys()) is not None and _verdict_column(value.keys()) is not None

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per record with a winner."""
        for record in records:
            names, column = _replies(record.value), _verdict_column(record.value)
            if names is None or column is None:
                yield Draft(record, None)
                continue
            first, second = (record.value[name] for name in names)
            better = _better(column, record.value[column])
            if better is None:
                decisions.count(TIE)
            else:
                replies = Replies(first, second) if better == "first" else Replies(second, first)
                yield from preferred(_with_prompt(record), replies, columns, decisions)

    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """Replies, verdict, and what the prompt may be made of."""
        verdict = _verdict_column(names)
        return prompt_columns(names, columns) | {*(_replies(names) or ()), *([verdict] if verdict else [])}


def _replies(names: Collection[str]) -> tuple[str, str] | None:
    pairs = [*_REPLIES, ("response1", "response2")]
    return next((pair for pair in pairs if pair[0] in names and pair[1] in names), None)


def _verdict_column(names: Collection[str]) -> str | None:
    return next((name for name in _VERDICTS if name in names), None)


def _better(column: str, value: Any) -> Literal["first", "second"] | None:
    """Which reply is better; None for a tie and for anything that is not understood."""
    word = (value_text(value) or "").strip().casefold() if is_cell(value) else ""
    if column == "labels":  # SHP: 1 means A
        return {"1": "first", "0": "second"}.get(word)  # type: ignore[return-value]
    if column in _STRENGTHS and word.lstrip("+-").isdigit():
        return "first" if int(word) < 0 else "second" if int(word) > 0 else None
    return "first" if word in _FIRST else "second" if word in _SECOND else None


def _with_prompt(record: Record) -> Record:
    """The record with SHP's `history`, which is the prompt, under the name that preferences have for it."""
    if "history" not in record.value or not is_cell(record.value["history"]) or "prompt" in record.value:
        return record
    value = {name: inner for name, inner in record.value.items() if name != "history"}
    return Record(record.file, record.line, record.index, {**value, "prompt": record.value["history"]})
