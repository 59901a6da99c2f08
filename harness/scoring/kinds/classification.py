"""Which label does the model find most likely?"""

from __future__ import annotations

from typing import ClassVar

from harness.models.loaded import LoadedModel
from harness.scoring.balanced import balanced_accuracy
from harness.scoring.contract import Asked, SuiteKind, SuiteRun
from harness.scoring.multiple_choice import choose, likeliest
from harness.store.records import Metric


class Classification(SuiteKind):
    """Accuracy of the likeliest label, and its mean over labels (macro recall, called balanced accuracy)."""

    asks = frozenset({"text", "labels"})
    metrics: ClassVar = {"accuracy": 1, "balanced_accuracy": 1}

    def ask(self, model: LoadedModel, run: SuiteRun) -> Asked:
        """The answer is the choice of highest likelihood; the first of equals."""
        return choose(model, run, likeliest)

    def aggregate(self, asked: Asked, run: SuiteRun) -> dict[str, Metric]:
        """Both over all items."""
        samples, n = asked.samples, len(asked.samples)
        accuracy = sum(sample.correct for sample in samples) / n
        return {
            "accuracy": Metric(value=accuracy, n=n),
            "balanced_accuracy": Metric(value=balanced_accuracy(samples), n=n),
        }
