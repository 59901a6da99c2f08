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


CHECKS: Mapping[str, Callable[[Question, str], float]] = MappingProxyType({"gold": gold, "valid_label": valid_label})
"""Name in a recipe's `rewards` -> (question, answer) -> reward between 0 and 1."""


def reward(question: Question, answer: str, weights: Mapping[str, float]) -> float:
    """The weighted sum of the named checks."""
    return sum(weight * CHECKS[name](question, answer) for name, weight in weights.items())
