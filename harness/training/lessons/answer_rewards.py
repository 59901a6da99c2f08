"""Rewards of written answers that code can check: no model judges them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from harness.items.rows import Question


def plain(text: str) -> str:
    """The text as answers are compared: without case, outer punctuation and repeated blanks."""
    return " ".join(text.casefold().split()).strip(" .,;:!?\"'`*()[]")


def gold(question: Question, answer: str) -> float:
    """1 for the right answer or another right one, else 0."""
    return float(plain(answer) in {plain(right) for right in (question.answer, *question.references)})


def valid_label(question: Question, answer: str) -> float:
    """1 for any of the question's possible answers, right or wrong, else 0; 0 where answers cannot be listed."""
    return float(plain(answer) in {plain(choice) for choice in question.choices})


def overlap(question: Question, answer: str) -> float:
    """Partial credit: how alike answer and right answer are spelt, from 0 to 1 (Dice coefficient of pairs of letters).

    A policy that never gets a whole reward learns from the differences within a group. It says nothing about meaning.
    """
    return max(_dice(plain(answer), plain(right)) for right in (question.answer, *question.references))


def _dice(one: str, other: str) -> float:
    first, second = ({text[place : place + 2] for place in range(len(text) - 1)} for text in (one, other))
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else float(one == other)


CHECKS: Mapping[str, Callable[[Question, str], float]] = MappingProxyType(
    {"gold": gold, "valid_label": valid_label, "overlap": overlap}
)
"""Name in a recipe's `rewards` -> (question, answer) -> reward between 0 and 1."""


def reward(question: Question, answer: str, weights: Mapping[str, float]) -> float:
    """The weighted sum of the named checks."""
    return sum(weight * CHECKS[name](question, answer) for name, weight in weights.items())
