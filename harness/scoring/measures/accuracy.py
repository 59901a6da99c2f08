"""Accuracy, plain and balanced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from harness.scoring.contract import Sample
from harness.scoring.metric_spec import MetricSpec

ACCURACY = MetricSpec(explanation="Share of questions with the right answer.", averaged_over="items")
BALANCED_ACCURACY = MetricSpec(
    explanation="Share of right decisions, computed for each kind of question separately and then averaged. The kinds "
    "are the labels in classification, true and false statements in claims, harmful and harmless requests in refusals, "
    "and questions with and without an answer where the model may decline. Which answer is given instead of declining "
    "does not count there. A model that always decides the same way gets 50 % where there are two kinds.",
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
