"""Does the model decline questions about things that do not belong to its domain?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import can_choose, choice_loglikelihoods, likeliest
from harness.scoring.contract import Sample, SuiteKind, SuiteResult, SuiteRun
from harness.scoring.measures.accuracy import BALANCED_ACCURACY, balanced_accuracy
from harness.scoring.measures.mean import mean
from harness.scoring.measures.separation import AUC, separation, with_placements
from harness.scoring.metric_spec import MetricSpec
from harness.suites.sets.out_of_scope import FAR, IN, NEAR, ScopeQuestion

INSIDE, OUTSIDE = "a label", "to decline"
"""Gold in samples: what would be right."""


def _labelled(where: str) -> MetricSpec:
    explanation = f"Share of {where} that were answered with a label instead of declined."
    return MetricSpec(explanation=explanation, better="lower")


class Scope(SuiteKind):
    """Labels of the domain against an answer that declines, by likelihood, for texts inside and outside the domain.

    `auc`: the log-odds of declining against all labels together, texts outside against texts inside. A model that has
    learnt to always give a label has low log-odds everywhere, and the AUC asks only whether they are higher outside.
    `balanced_accuracy` and the shares say what the model would do: it declines where that is likelier than every single
    label. Always declining and never declining both give a balanced accuracy of one half.

    Models that only predict labels cannot decline and are not asked.
    """

    asks = frozenset({"text"})
    row = ScopeQuestion
    metrics: ClassVar = {
        "auc": AUC,
        "balanced_accuracy": BALANCED_ACCURACY,
        "auc_near": MetricSpec(explanation="The AUC with items of other domains as the only texts outside the domain."),
        "auc_far": MetricSpec(explanation="The AUC with everyday prompts as the only texts outside the domain."),
        "labelled_near": _labelled("items of other domains"),
        "labelled_far": _labelled("everyday prompts"),
        "declined_inside": MetricSpec(
            explanation="Share of the domain's own items that were declined.", better="lower"
        ),
    }
    lacking = "labels and a way to decline"

    def can_ask(self, question: Question) -> bool:
        """Whether the question has labels and a choice that declines."""
        return isinstance(question, ScopeQuestion) and can_choose(question) and question.decline in question.choices

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`answer` is the likeliest choice; `log_odds` compare declining with all labels together."""
        choices = choice_loglikelihoods(model, run)
        samples = []
        for question, row in zip(run.questions, choices.loglikelihoods, strict=True):
            answer = likeliest(question, row)
            outside = question.kind != IN
            samples.append(
                Sample(
                    item_id=question.id,
                    cluster=question.cluster,
                    gold=OUTSIDE if outside else INSIDE,
                    answer=answer,
                    correct=float((answer == question.decline) == outside),
                    log_odds=_log_odds(row, question.choices.index(question.decline)),
                    gold_loglikelihood=row[question.choices.index(question.answer)],
                    loglikelihoods=tuple(row),
                )
            )
        if run.metric == "auc":
            samples = with_placements(samples, [sample.gold == OUTSIDE for sample in samples])
        return SuiteResult(samples, truncated=choices.truncated)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """A share of texts of which there are none is null."""
        pairs = list(zip(asked.samples, run.questions, strict=True))
        by_kind = {kind: [sample for sample, asked in pairs if asked.kind == kind] for kind in (IN, NEAR, FAR)}
        declined = {id(sample): float(sample.answer == question.decline) for sample, question in pairs}
        judged = [
            Sample("", "", gold=sample.gold, answer="", correct=float(declined[id(sample)] == (sample.gold == OUTSIDE)))
            for sample, _ in pairs
        ]
        return {
            "auc": _auc(asked.samples),
            "balanced_accuracy": Metric(value=balanced_accuracy(judged), n=len(judged)),
            "auc_near": _auc([*by_kind[IN], *by_kind[NEAR]]),
            "auc_far": _auc([*by_kind[IN], *by_kind[FAR]]),
            "labelled_near": mean([1 - declined[id(sample)] for sample in by_kind[NEAR]]),
            "labelled_far": mean([1 - declined[id(sample)] for sample in by_kind[FAR]]),
            "declined_inside": mean([declined[id(sample)] for sample in by_kind[IN]]),
        }

    def is_right(self, answer: str, *, correct: float, question: Question | None) -> bool | None:
        """Whether it is exactly the right choice; `correct` may be the share of an item's pairs in the right order."""
        return None if question is None else answer == question.answer


def _auc(samples: Sequence[Sample]) -> Metric:
    return separation(samples, [sample.gold == OUTSIDE for sample in samples])


def _log_odds(row: Sequence[float], place: int) -> float:
    """Log-odds of the choice at `place` against all others together, in nats."""
    others = np.array([value for at, value in enumerate(row) if at != place], dtype=np.float64)
    return float(row[place] - np.logaddexp.reduce(others))
