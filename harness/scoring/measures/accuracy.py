"""Accuracy, plain and balanced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from harness.scoring.contract import Sample
from harness.scoring.metric_spec import MetricSpec

ACCURACY = MetricSpec(explanation="Share of questions with the right answer.", averaged_over="items")
BALANCED_ACCURACY = MetricSpec(
    explanation="Mean of the shares of right answers among the questions of each right answer, so that a model that "
    "always gives the same answer does not profit from a frequent one.",
    averaged_over="gold_answers",
)


def balanced_accuracy(samples: Sequence[Sample]) -> float:
    """Mean over the gold answers of the mean `correct` of their samples: macro recall.

    Not scikit-learn's `balanced_accuracy_score`: it compares labels, while `correct` may be a grade.
    """
    groups: dict[str, list[float]] = defaultdict(list)
    for sample in samples:
        groups[sample.gold].append(sample.correct)
    return sum(sum(group) / len(group) for group in groups.values()) / len(groups)
