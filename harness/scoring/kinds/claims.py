"""Does the model tell true statements about the domain from false ones?"""

from __future__ import annotations

from typing import ClassVar

from harness.evidence.auc import auc
from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import CHOICES, can_choose, choice_loglikelihoods
from harness.scoring.contract import Sample, SuiteKind, SuiteResult, SuiteRun
from harness.scoring.measures.balanced import balanced_accuracy
from harness.scoring.measures.calibration import calibration

VERDICTS = {True: "true", False: "false"}
"""How samples spell gold and answer, whatever words the domain uses."""


class Claims(SuiteKind):
    """Balanced accuracy, and the AUC of the log-odds, which a bias towards one answer does not touch.

    One-sided suites measure that bias: a model that always says True scores 1.00 on true claims, 0.00 on
    false ones, 0.50 here.
    """

    asks = frozenset({"text", "heads"})
    metrics: ClassVar = {"balanced_accuracy": 1, "auc": 1, "ece": 1, "brier": 1}
    lacking = CHOICES

    def can_ask(self, question: Question) -> bool:
        """As `can_choose` says."""
        return can_choose(question)

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`choices` are (true answer, false answer); the log-odds are of the first against the second."""
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
        """All over all claims."""
        import numpy as np

        samples = asked.samples
        holds = np.array([sample.gold == VERDICTS[True] for sample in samples])
        odds = np.array([sample.log_odds for sample in samples], dtype=np.float64)
        return {
            "balanced_accuracy": Metric(value=balanced_accuracy(samples), n=len(samples)),
            "auc": Metric(value=auc(holds, odds), n=len(samples)),
            **calibration(
                [sample.loglikelihoods or () for sample in samples],
                [0 if of_true else 1 for of_true in holds],
                correct=[sample.correct for sample in samples],
            ),
        }
