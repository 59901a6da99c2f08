"""Multiple choice: the right answer among plausible wrong ones, in random order."""

from __future__ import annotations

import random
from collections.abc import Sequence

from harness.texts.near_index import folded

WRONG = 3
"""Wrong answers per question. With the right answer these are the four choices of a common multiple-choice test."""


def multiple_choice(
    answer: str, wrong: Sequence[str], *, rng: random.Random, others: Sequence[str] = (), most_wrong: int = WRONG
) -> tuple[str, ...]:
    """`answer` and the first `most_wrong` of `wrong`, shuffled; empty if there is no wrong answer.

    `others` are further right answers, which are never offered as wrong ones.
    """
    offered = distinct(wrong, apart_from=[answer, *others])[:most_wrong]
    return shuffled([answer, *offered], rng=rng) if offered else ()


def distinct(texts: Sequence[str], *, apart_from: Sequence[str] = ()) -> list[str]:
    """`texts` in their order, without blank ones, repeats, and texts that equal one of `apart_from`.

    Texts that differ in case or spacing only count as equal.
    """
    seen = {folded(text) for text in apart_from} | {""}
    kept = []
    for text in texts:
        if folded(text) not in seen:
            seen.add(folded(text))
            kept.append(text)
    return kept


def shuffled(choices: Sequence[str], *, rng: random.Random) -> tuple[str, ...]:
    """The choices in a random order."""
    return tuple(rng.sample(choices, len(choices)))
