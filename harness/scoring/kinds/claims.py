"""Can the model tell true statements from false ones?"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import choice_loglikelihoods, likeliest
from harness.scoring.contract import Sample, SuiteResult, SuiteRun
from harness.scoring.kinds._choosing import ChoosingKind
from harness.scoring.measures.accuracy import BALANCED_ACCURACY, balanced_accuracy
from harness.scoring.measures.calibration import CALIBRATION
from harness.scoring.measures.separation import AUC, separation, with_placements

VERDICTS = {True: "true", False: "false"}
"""How samples spell gold and answer, whatever words the question uses."""


class Claims(ChoosingKind):
    """The AUC of the log-odds of True against False, and the balanced accuracy of the two answers.

    A suite of false statements only would measure a bias: a model that always says True scores 1.00 on true
    statements, 0.00 on false statements, and has a balanced accuracy of 0.50. Small models mostly say the same word
    whatever the statement, so balanced accuracy is 0.50 for nearly all of them. The AUC asks only whether true
    statements get higher log-odds than false ones.
    """

    asks = frozenset({"text", "heads"})
    metrics: ClassVar = {"balanced_accuracy": BALANCED_ACCURACY, "auc": AUC, **CALIBRATION}

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`choices` are (true answer, false answer); `log_odds` compare the first with the second."""
        samples = []
        choices = choice_loglikelihoods(model, run)
        for question, (true, false) in zip(run.questions, choices.loglikelihoods, strict=True):
            holds = question.answer == question.choices[0]
            says = likeliest(question, (true, false)) == question.choices[0]
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
        if run.metric == "auc":
            samples = with_placements(samples, [sample.gold == VERDICTS[True] for sample in samples])
        return SuiteResult(samples, truncated=choices.truncated)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """All metrics over all statements."""
        samples = asked.samples
        right = [float(sample.answer == sample.gold) for sample in samples]
        judged = [replace(sample, correct=value) for sample, value in zip(samples, right, strict=True)]
        return {
            "balanced_accuracy": Metric(value=balanced_accuracy(judged), n=len(samples)),
            "auc": separation(samples, [sample.gold == VERDICTS[True] for sample in samples]),
            **self.calibration(samples, run, correct=right),
        }

    def is_right(self, answer: str, *, correct: float, question: Question | None) -> bool | None:
        """Whether the statement was judged rightly; `correct` may be the share of its pairs in the right order."""
        if question is None:
            return None
        return answer == VERDICTS[question.answer == question.choices[0]]
