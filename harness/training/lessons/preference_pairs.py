"""Preferences as token ids: one prompt with a chosen and a rejected answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.errors import RunFailed
from harness.items.item import shuffle_key
from harness.items.rows import Preference, Question
from harness.models.encoding.encoded import Example
from harness.models.loaded import LanguageModel


@dataclass(frozen=True)
class EncodedPair:
    """A prompt and two answers to it, each with its end token unless the answer was cut."""

    prompt: list[int]
    chosen: list[int]
    rejected: list[int]
    truncated: bool
    """Whether the prompt or an answer was cut to fit."""


@dataclass(frozen=True)
class RatedAnswer:
    """One answer to a prompt, which people want or do not want."""

    prompt: list[int]
    answer: list[int]
    desirable: bool


def encoded_pairs(rows: Sequence[Preference], model: LanguageModel, *, max_length: int) -> list[EncodedPair]:
    """The pairs as scoring will ask their prompts: same chat template, same end token, at most `max_length` tokens.

    Both answers of a pair follow the same prompt tokens. No pair is left out: what is too long is cut, and counted by
    its `truncated`.

    Raises:
        RunFailed: the two answers of a pair are the same, as texts or after they were cut.
    """
    pairs = []
    for row in rows:
        chosen, rejected = (_example(row, answer, model, max_length) for answer in (row.chosen, row.rejected))
        pair = EncodedPair(
            prompt=min(chosen.prompt, rejected.prompt, key=len),  # both are cut on the left, one perhaps further
            chosen=chosen.answer,
            rejected=rejected.answer,
            truncated=chosen.truncated or rejected.truncated,
        )
        if pair.chosen == pair.rejected:
            raise RunFailed(
                f"refused: the chosen and the rejected answer of {row.id} are the same within {max_length} tokens"
            )
        pairs.append(pair)
    return pairs


def unpaired(pairs: Sequence[EncodedPair], *, seed: int) -> list[RatedAnswer]:
    """Both answers of every pair on their own, good and bad mixed in an order that depends only on the seed.

    trl's own unpairing puts all good answers before all bad ones, and its trainer keeps that order.
    """
    answers = [
        (f"{place}/{desirable}", RatedAnswer(pair.prompt, answer, desirable))
        for place, pair in enumerate(pairs)
        for answer, desirable in ((pair.chosen, True), (pair.rejected, False))
    ]
    return [answer for _, answer in sorted(answers, key=lambda entry: shuffle_key(seed, entry[0]))]


def _example(row: Preference, answer: str, model: LanguageModel, max_length: int) -> Example:
    question = Question(
        id=row.id, split=row.split, cluster=row.cluster, text=row.prompt, prompt=row.prompt, choices=(), answer=answer
    )
    return model.encode_example(question, max_length=max_length)
