"""What a supervised model is shown: a solved question, after solved examples or without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from harness.items.rows import Question


@dataclass(frozen=True)
class Lesson:
    """A question whose answer the loss is computed on."""

    question: Question
    task: str
    """View that the question comes from, or task of its instruction."""
    shots: tuple[Question, ...] = ()
    """Solved questions that precede it as earlier turns, without loss."""


def mixture(lessons: Sequence[Lesson]) -> dict[str, dict[str, int]]:
    """For the record of a run that learnt several tasks: task -> number of examples; empty for a single task."""
    counts = Counter(lesson.task for lesson in lessons)
    return {"examples_by_task": dict(sorted(counts.items()))} if len(counts) > 1 else {}
