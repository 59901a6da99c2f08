"""Which label does the model find most likely?"""

from __future__ import annotations

from typing import ClassVar

from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import CHOICES, can_choose, choose, likeliest
from harness.scoring.contract import SuiteKind, SuiteResult, SuiteRun
from harness.scoring.measures.balanced import balanced_accuracy
from harness.scoring.measures.calibration import calibration


class Classification(SuiteKind):
    """Accuracy of the likeliest label, and its mean over labels (macro recall, called balanced accuracy).

    `ece` and `brier` are of the probabilities that softmax makes of the labels' likelihoods. A label that a classifier
    never saw in training has the probability of its least likely one.
    """

    asks = frozenset({"text", "labels"})
    metrics: ClassVar = {"accuracy": 1, "balanced_accuracy": 1, "ece": 1, "brier": 1}
    lacking = CHOICES

    def can_ask(self, question: Question) -> bool:
        """As `can_choose` says."""
        return can_choose(question)

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """The answer is the choice of highest likelihood; the first of equals."""
        return choose(model, run, likeliest)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """All over all items."""
        samples, n = asked.samples, len(asked.samples)
        accuracy = sum(sample.correct for sample in samples) / n
        return {
            "accuracy": Metric(value=accuracy, n=n),
            "balanced_accuracy": Metric(value=balanced_accuracy(samples), n=n),
            **calibration(
                [sample.loglikelihoods or () for sample in samples],
                [question.choices.index(question.answer) for question in run.questions],
                correct=[sample.correct for sample in samples],
            ),
        }
