"""Turn rated replies into answers and wrong answers: a reply that is rated bad is never an answer.

    prompt, reply, good                        prompt: answer = first good reply,
    prompt, reply, bad      --by prompt-->             other_answers = further good replies,
    prompt, reply, good                                wrong_answers = bad replies

A prompt with bad replies only has wrong answers and no answer. It is kept for methods that learn from unpaired replies
(KTO: Ethayarajh et al., 2024).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.errors import DataError
from harness.user_files.cell_text import is_cell, value_text
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.ratings.rating_column import NO_RATING, Rating
from harness.user_files.ratings.scale import Scale, Verdict, is_missing, number_of

BAD = "replies are rated bad: they are wrong answers and are not learnt"
ONLY_BAD = "prompts have only replies that are rated bad: they have no answer and are kept as unpaired wrong answers"
JOINED = "further replies to the same prompt were joined with the first"
NEUTRAL = "replies with a rating in the middle of the scale were left out"
UNRATED = "replies without a rating were left out"
CONTRADICTORY = "replies were left out, because the same reply to the same prompt is rated both good and bad"
ALONE = "replies were left out, because their rating has no known scale and no other reply to compare with"


def rated_drafts(
    drafts: Sequence[Draft], rating: Rating, columns: Columns, *, file: str, decisions: DecisionLog
) -> list[Draft]:
    """One draft per prompt, in the order of first replies. Replies without a verdict are left out and counted.

    Replies to a prompt stay apart if they have different splits or labels in the file.

    Raises:
        DataError: no reply has a verdict.
    """
    gaps = [draft for draft in drafts if not _has_reply(draft)]  # counted later with the reason
    made = [
        one
        for group in _by_prompt(drafts, columns).values()
        if (one := _joined(_judged(group, rating, decisions), decisions)) is not None
    ]
    if not made and len(gaps) < len(drafts):
        reasons = "; ".join(f"{note.count:,} {note.what}" for note in decisions.notes())
        raise DataError(
            f'no reply can be judged by its rating in the column "{rating.column}" ({rating.scale.title}): {reasons}',
            where=file,
            expected="true or false, good or bad, 0 or 1, -1 to 1, 0 to 4, 1 to 5, or several replies to one prompt",
            hint=f"write one of these, or use --rating {NO_RATING} to learn every reply whatever its rating",
        )
    return [*made, *gaps]


@dataclass(frozen=True)
class _Judged:
    draft: Draft
    reply: str
    is_good: bool
    number: float
    """The rating where it is a number, otherwise 0."""


def _has_reply(draft: Draft) -> bool:
    return bool(draft.text and draft.text.strip() and draft.answer and draft.answer.strip())


def _by_prompt(drafts: Sequence[Draft], columns: Columns) -> dict[tuple[str, ...], list[Draft]]:
    groups: dict[tuple[str, ...], list[Draft]] = defaultdict(list)
    for draft in filter(_has_reply, drafts):
        groups[_key(draft, columns)].append(draft)
    return groups


def _key(draft: Draft, columns: Columns) -> tuple[str, ...]:
    """Prompt, split and label; case and spacing do not make a different prompt."""
    cells = [draft.record.value.get(name) for name in (columns.split, columns.label) if name]
    return (_folded(draft.text), *((value_text(cell) or "") if is_cell(cell) else "" for cell in cells))


def _judged(replies: Sequence[Draft], rating: Rating, decisions: DecisionLog) -> list[_Judged]:
    """The replies to one prompt that have a clear verdict."""
    values = [draft.record.value.get(rating.column) for draft in replies]
    numbers = [number for value in values if (number := number_of(value)) is not None]
    found = []
    for draft, value in zip(replies, values, strict=True):
        verdict = _verdict(value, numbers, rating.scale)
        if is_missing(value):
            decisions.count(UNRATED)
        elif verdict is None:
            decisions.count(ALONE)
        elif verdict == "neutral":
            decisions.count(NEUTRAL)
        else:
            found.append(_Judged(draft, draft.answer or "", verdict == "good", number_of(value) or 0.0))
    return found


def _verdict(value: Any, numbers: Sequence[float], scale: Scale) -> Verdict | None:
    """`numbers` are the ratings of all replies to the prompt."""
    number = number_of(value)
    if scale.steps is not None or number is None:
        return scale.verdict(value)
    if len(set(numbers)) < 2:
        return None
    return "good" if number == max(numbers) else "bad"


def _joined(replies: Sequence[_Judged], decisions: DecisionLog) -> Draft | None:
    """One draft of all replies to a prompt; None if none is left."""
    verdicts: dict[str, set[bool]] = defaultdict(set)
    for one in replies:
        verdicts[_folded(one.reply)].add(one.is_good)
    clear = [one for one in replies if len(verdicts[_folded(one.reply)]) == 1]
    decisions.count(CONTRADICTORY, len(replies) - len(clear))
    if not clear:
        return None
    good = [one for one in clear if one.is_good]
    bad = sorted((one for one in clear if not one.is_good), key=lambda one: -one.number)
    decisions.count(BAD, len(bad))
    decisions.count(ONLY_BAD, int(not good))
    decisions.count(JOINED, len(clear) - 1)
    return replace(
        (good or clear)[0].draft,
        answer=good[0].reply if good else None,
        other_answers=_different(good[1:]),
        wrong_answers=_different(bad),
    )


def _different(replies: Sequence[_Judged]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.reply for one in replies))


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
