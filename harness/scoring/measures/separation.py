"""How well the log-odds of samples separate two kinds of questions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.evidence.auc import auc
from harness.records.run_record import Metric
from harness.scoring.contract import Sample
from harness.scoring.metric_spec import MetricSpec

AUC = MetricSpec(
    explanation="Chance that a random positive question (true, harmful, or without an answer) has higher log-odds than "
    "a random negative one; 0.5 is guessing, and a bias towards one answer does not change it.",
    unit="score",
)


def separation(samples: Sequence[Sample], positive: Sequence[bool]) -> Metric:
    """`auc` of the samples' log-odds; null if all questions are of one kind."""
    odds = np.array([sample.log_odds for sample in samples], dtype=np.float64)
    return Metric(value=auc(np.array(positive), odds), n=len(samples))
