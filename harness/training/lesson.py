"""What a supervised model is shown: a solved question, and the tokens it becomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from harness.items.rows import Question
from harness.models.chat import encode_example, encode_for_encoder
from harness.models.encoder_decoder import is_encoder_decoder
from harness.models.loaded import LanguageModel


@dataclass(frozen=True)
class Lesson:
    """A question whose answer the loss is computed on."""

    question: Question
    task: str
    """View that the question comes from, or task of its instruction."""
    shots: tuple[Question, ...] = ()
    """Solved questions that precede it as earlier turns, without loss."""


class Example(NamedTuple):
    """A lesson as tokens."""

    input_ids: list[int]
    labels: list[int]
    """-100 where no loss is computed."""
    truncated: bool
    """Whether prompt or answer were cut to the budget's length."""


def encode_lessons(model: LanguageModel, lessons: Sequence[Lesson], *, max_length: int) -> list[Example]:
    """The lessons in the tokens that this kind of model reads, at most `max_length` for prompt and answer together."""
    encode = encode_for_encoder if is_encoder_decoder(model.model) else encode_example
    return [Example(*encode(model.tokenizer, one.question, max_length=max_length, shots=one.shots)) for one in lessons]


def mixture(lessons: Sequence[Lesson]) -> dict[str, dict[str, int]]:
    """For the record of a run that learnt several tasks: task -> number of examples; empty for a single task."""
    counts = Counter(lesson.task for lesson in lessons)
    return {"examples_by_task": dict(sorted(counts.items()))} if len(counts) > 1 else {}
