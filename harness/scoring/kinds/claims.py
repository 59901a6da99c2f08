"""Can the model tell true statements from false ones?"""

from __future__ import annotations

from typing import ClassVar

from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import choice_loglikelihoods
from harness.scoring.contract import Sample, SuiteResult, SuiteRun
from harness.scoring.kinds._choosing import ChoosingKind
from harness.scoring.measures.accuracy import BALANCED_ACCURACY, balanced_accuracy
from harness.scoring.measures.calibration import CALIBRATION
from harness.scoring.measures.separation import AUC, separation

VERDICTS = {True: "true", False: "false"}
"""How samples spell gold and answer, whatever words the question uses."""


class Claims(ChoosingKind):
    """Balanced accuracy of True and False, and the AUC of the log-odds, which no bias towards one answer changes.

    A suite of false statements only would measure that bias: a model that always says True scores 1.00 on true
    statements, 0.00 on false statements, and 0.50 here.
    """

    asks = frozenset({"text", "heads"})
    metrics: ClassVar = {"balanced_accuracy": BALANCED_ACCURACY, "auc": AUC, **CALIBRATION}

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`choices` are (true answer, false answer); `log_odds` compare the first with the second."""
        samples = []
        choices = choice_loglikelihoods(model, run)
        for question, (true, false) in zip(run.questions, choices.loglikelihoods, strict=True):
            holds = question.answer == question.choices[0]
            says = true > false
            samples.append(
                Sample(
                    item_id=question.id,
                    cluster=question.cluster,
                    gold=VERDICTS[holds],
                    answer=VERDICTS[says],
                    correct=float(says == holds),
                    log_odds=true - false,
                    gold_loglikelihood=true if holds else false,
                    loglikelihoods=(true, false),
                )
            )
        return SuiteResult(samples, truncated=choices.truncated)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """All metrics over all statements."""
        samples = asked.samples
        return {
            "balanced_accuracy": Metric(value=balanced_accuracy(samples), n=len(samples)),
            "auc": separation(samples, [sample.gold == VERDICTS[True] for sample in samples]),
            **self.calibration(samples, run),
        }
