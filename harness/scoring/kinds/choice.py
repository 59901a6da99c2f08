"""Which of a few long answers does the model find most likely?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import CHOICES, can_choose, choose, likeliest
from harness.scoring.contract import SuiteKind, SuiteResult, SuiteRun
from harness.scoring.measures.calibration import calibration

NORMALIZED = "accuracy_norm"


class Choice(SuiteKind):
    """Accuracy of the likeliest answer, where each question has answers of its own.

    Every further word makes a text less likely, so by plain likelihood the shortest answer mostly wins.
    `accuracy_norm` compares likelihood per UTF-8 byte (`acc_bytes` of lm-eval), which does not depend on the
    tokenizer; `accuracy` compares plain likelihoods. `ece` and `brier` are of the probabilities that softmax makes of
    the values which the suite's metric compares: per byte these lie close together, so that confidence is low. Label
    classifiers are not asked: these answers are no labels.
    """

    asks = frozenset({"text"})
    metrics: ClassVar = {NORMALIZED: 1, "accuracy": 1, "ece": 1, "brier": 1}
    lacking = CHOICES

    def can_ask(self, question: Question) -> bool:
        """As `can_choose` says."""
        return can_choose(question)

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """The answer is the choice that the suite's metric prefers; the first of equals."""
        normalize = run.metric == NORMALIZED
        return choose(model, run, lambda question, row: chosen(question, row, normalize=normalize))

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """Both accuracies over all items, whichever of them the suite shows."""
        n = len(asked.samples)
        rows = [sample.loglikelihoods or () for sample in asked.samples]
        accuracy = {
            name: sum(
                chosen(question, row, normalize=name == NORMALIZED) == question.answer
                for question, row in zip(run.questions, rows, strict=True)
            )
            / n
            for name in (NORMALIZED, "accuracy")
        }
        normalize = run.metric == NORMALIZED
        return {name: Metric(value=value, n=n) for name, value in accuracy.items()} | calibration(
            [per_byte(question, row) if normalize else row for question, row in zip(run.questions, rows, strict=True)],
            [question.choices.index(question.answer) for question in run.questions],
            correct=[sample.correct for sample in asked.samples],
        )


def chosen(question: Question, loglikelihoods: Sequence[float], *, normalize: bool) -> str:
    """The likeliest choice, as a whole or per byte."""
    return likeliest(question, per_byte(question, loglikelihoods) if normalize else loglikelihoods)


def per_byte(question: Question, loglikelihoods: Sequence[float]) -> list[float]:
    """Nats per UTF-8 byte of each choice."""
    sizes = [max(len(choice.encode()), 1) for choice in question.choices]
    return [value / size for value, size in zip(loglikelihoods, sizes, strict=True)]
