"""Which label does the model find most likely?"""

from __future__ import annotations

from typing import ClassVar

from harness.records.run_record import Metric
from harness.scoring.contract import SuiteResult, SuiteRun
from harness.scoring.kinds._choosing import ChoosingKind
from harness.scoring.measures.accuracy import ACCURACY, BALANCED_ACCURACY, balanced_accuracy
from harness.scoring.measures.calibration import CALIBRATION
from harness.scoring.measures.mean import mean


class Classification(ChoosingKind):
    """Accuracy of the likeliest label, and its mean over labels (`balanced_accuracy`, which is macro recall).

    `ece` and `brier` use the probabilities that softmax makes of the labels' log-likelihoods. A classifier gives a
    label that it never saw in training the probability of its least likely known label.
    """

    asks = frozenset({"text", "labels"})
    metrics: ClassVar = {"accuracy": ACCURACY, "balanced_accuracy": BALANCED_ACCURACY, **CALIBRATION}

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """All metrics over all questions."""
        samples = asked.samples
        return {
            "accuracy": mean([sample.correct for sample in samples]),
            "balanced_accuracy": Metric(value=balanced_accuracy(samples), n=len(samples)),
            **self.calibration(samples, run),
        }
