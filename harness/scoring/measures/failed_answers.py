"""Written answers that fail to say anything, and how often they occur."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.scoring.detectors.degenerate import UNREADABLE, degenerate
from harness.scoring.metric_spec import MetricSpec

EMPTY = MetricSpec(explanation="Share of answers without any text.", better="lower", averaged_over="items")
GARBLED = MetricSpec(
    explanation="Share of answers that contain bytes which are not valid text.", better="lower", averaged_over="items"
)
DEGENERATE = MetricSpec(
    explanation="Share of answers that repeat themselves without end or contain no words.",
    better="lower",
    version=2,  # 2: also finds a short word that is repeated without blanks
    averaged_over="items",
)
UNFINISHED = MetricSpec(explanation="Share of answers that were cut off at the limit of tokens.", better="lower")


def is_empty(answer: str) -> float:
    """1 if nothing was written, else 0."""
    return float(not answer.strip())


def is_garbled(answer: str) -> float:
    """1 if the answer holds a character that the tokenizer writes for invalid UTF-8, else 0."""
    return float(UNREADABLE in answer)


def is_degenerate(answer: str) -> float:
    """1 if the answer is endless repetition or mere punctuation, else 0."""
    return float(degenerate(answer))


FAILURES: Mapping[str, Callable[[str], float]] = {
    "empty": is_empty,
    "garbled": is_garbled,
    "degenerate": is_degenerate,
}
"""Metric -> whether one answer fails in this way, 0 or 1."""
