"""What a supervised model is shown once: a solved question, and how it is put."""

from __future__ import annotations

from dataclasses import dataclass

from harness.items.rows import Question


@dataclass(frozen=True)
class Lesson:
    """A question whose answer is under the loss."""

    question: Question
    task: str
    """View that it comes from, or task of its instruction."""
    shots: tuple[Question, ...] = ()
    """Solved questions that stand before it as earlier turns, outside the loss."""
