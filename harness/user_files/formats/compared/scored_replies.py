"""A list of replies to one prompt, each with a score."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from harness.user_files.cell_text import is_cell, value_text
from harness.user_files.columns import PROMPTS, Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.context import context_columns, with_context
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.formats.dialogue import Turn, is_conversation, read_turns
from harness.user_files.json_cells import decoded
from harness.user_files.ratings.scale import number_of
from harness.user_files.record import Record

UNSCORED = "replies without a score or a text were left out"
EQUAL = "prompts were left out, because all their replies have the same score"
_LISTS = ("completions", "responses", "answers", "replies", "generations", "candidates")
_TEXTS = ("response", "text", "completion", "content", "answer", "output")
_SCORES = ("fine-grained_score", "score", "rating", "overall_score", "pm_score", "reward")
_COLUMNS_OF_SCORES = ("scores", "ratings", "rewards")


class ScoredReplies(RecordFormat):
    """A prompt with several scored replies; a higher score is better.

    A reply with the highest score is the answer, others with this score are further right answers, and those with lower
    scores are wrong answers, the better ones first. UltraFeedback (Cui et al., 2023) has `completions` with `response`
    and scores; its `fine-grained_score`, the mean of four aspects, wins over its `overall_score`, which is known to
    hold mistakes. The scores may also be a list of their own: `responses` beside `scores`.
    """

    name = "scored_replies"
    title = "several scored replies (prompt, completions: response, score; or responses, scores)"
    needs = ("text", "answer", "wrong_answers")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """The record has a prompt and a list of replies, of which one at least has a text and a score."""
        return _prompt_column(value.keys()) is not None and bool(_scored(value))

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per record whose replies have different scores."""
        for record in records:
            asked = record.value.get(_prompt_column(record.value) or "")
            replies = _scored(record.value)
            decisions.count(UNSCORED, _listed(record.value) - len(replies))
            turns = read_turns(asked, decisions) if is_conversation(asked) else [Turn("user", _text(asked) or "")]
            text = with_context(record, turns, columns, decisions)
            if text is None:
                continue
            best = max((score for score, _ in replies), default=0.0)
            right = [reply for score, reply in replies if score == best]
            wrong = [reply for score, reply in sorted(replies, key=lambda one: -one[0]) if score < best]
            if replies and not wrong:
                decisions.count(EQUAL)
                continue
            yield Draft(
                record,
                text,
                answer=right[0] if right else None,
                other_answers=tuple(right[1:]),
                wrong_answers=tuple(wrong),
            )

    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """Prompt, replies, scores and context."""
        prompt = _prompt_column(names)
        listed = next((name for name in _LISTS if name in names), None)
        scores = {name for name in _COLUMNS_OF_SCORES if name in names}
        return {name for name in (prompt, listed) if name} | scores | context_columns(names, columns)


def _prompt_column(names: Collection[str]) -> str | None:
    return next((name for name in PROMPTS if name in names), None)


def _replies(value: Mapping[str, Any]) -> list[Any]:
    found = next((decoded(value[name]) for name in _LISTS if name in value), None)
    return found if isinstance(found, list) else []


def _listed(value: Mapping[str, Any]) -> int:
    return len(_replies(value))


def _scored(value: Mapping[str, Any]) -> list[tuple[float, str]]:
    """(score, reply) of the replies that have both, in the order of the record."""
    replies = _replies(value)
    beside = next((decoded(value[name]) for name in _COLUMNS_OF_SCORES if name in value), None)
    if isinstance(beside, list) and len(beside) == len(replies):
        pairs = [(number_of(score), _text(reply)) for score, reply in zip(beside, replies, strict=True)]
    else:
        inner = [reply for reply in replies if isinstance(reply, dict)]
        pairs = [(number_of(_first(reply, _SCORES)), _text(_first(reply, _TEXTS))) for reply in inner]
    return [(score, text) for score, text in pairs if score is not None and text]


def _first(reply: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((reply[name] for name in names if reply.get(name) is not None), None)


def _text(value: Any) -> str | None:
    if isinstance(value, dict):
        value = _first(value, _TEXTS)
    text = value_text(value) if is_cell(value) else None
    return text if text and text.strip() else None
