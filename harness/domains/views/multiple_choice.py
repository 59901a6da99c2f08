"""The right answer among plausible wrong ones, in an order that tells nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence

WRONG = 3
"""Wrong answers per question: with the right one, the four of a common multiple-choice test."""


def multiple_choice(
    answer: str, wrong: Sequence[str], *, rng: random.Random, others: Sequence[str] = ()
) -> tuple[str, ...]:
    """`answer` and the first three of `wrong`, shuffled; empty if there is nothing wrong to choose.

    `others` are right, too, and so never offered as wrong.
    """
    offered = distinct(wrong, apart_from=[answer, *others])[:WRONG]
    return shuffled([answer, *offered], rng=rng) if offered else ()


def distinct(texts: Sequence[str], *, apart_from: Sequence[str] = ()) -> list[str]:
    """`texts` in their order, less the blank ones, repeats, and those that equal one of `apart_from`.

    Case and spacing aside: an answer in capitals is the same answer.
    """
    seen = {_folded(text) for text in apart_from} | {""}
    kept = []
    for text in texts:
        if _folded(text) not in seen:
            seen.add(_folded(text))
            kept.append(text)
    return kept


def shuffled(choices: Sequence[str], *, rng: random.Random) -> tuple[str, ...]:
    """The choices in a random order."""
    return tuple(rng.sample(choices, len(choices)))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
