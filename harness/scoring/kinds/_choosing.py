"""The base of kinds that ask which of a question's choices the model finds most likely."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import CHOICES, can_choose, choose, likeliest
from harness.scoring.contract import Sample, SuiteKind, SuiteResult, SuiteRun
from harness.scoring.measures.calibration import calibration


class ChoosingKind(SuiteKind):
    """Answers are chosen by likelihood among the choices that each question brings."""

    lacking: ClassVar = CHOICES

    def can_ask(self, question: Question) -> bool:
        """Whether the question has different choices, the right answer among them (`can_choose`)."""
        return can_choose(question)

    def compared(self, question: Question, loglikelihoods: Sequence[float], run: SuiteRun) -> Sequence[float]:
        """The values that are compared, one per choice: the log-likelihoods in nats, unless a kind says otherwise."""
        return loglikelihoods

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """The answer is the choice of the highest compared value, and the first of equal ones."""
        return choose(model, run, lambda question, row: likeliest(question, self.compared(question, row, run)))

    def calibration(
        self, samples: Sequence[Sample], run: SuiteRun, *, correct: Sequence[float] | None = None
    ) -> dict[str, Metric]:
        """`ece` and `brier` of the compared values.

        `correct`: whether each answer was right, where that is not the samples' `correct`.
        """
        pairs = list(zip(run.questions, samples, strict=True))
        return calibration(
            [self.compared(question, sample.loglikelihoods or (), run) for question, sample in pairs],
            [question.choices.index(question.answer) for question in run.questions],
            correct=[sample.correct for sample in samples] if correct is None else correct,
        )


def per_byte(question: Question, loglikelihoods: Sequence[float]) -> list[float]:
    """The log-likelihood of each choice divided by its length: nats per UTF-8 byte (`acc_bytes` of lm-eval)."""
    sizes = [max(len(choice.encode()), 1) for choice in question.choices]
    return [value / size for value, size in zip(loglikelihoods, sizes, strict=True)]
