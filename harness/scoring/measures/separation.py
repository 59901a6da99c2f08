"""How well the log-odds of samples separate two kinds of questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from harness.evidence.auc import auc, placements
from harness.records.run_record import Metric
from harness.scoring.contract import Sample
from harness.scoring.metric_spec import MetricSpec

AUC = MetricSpec(
    explanation="Share of pairs of a positive question (true, harmful, or with no right answer to give) and a negative "
    "one in which the positive question has the higher log-odds. Guessing gives 50 %, perfect order 100 %. A model "
    "that prefers one answer whatever the question neither gains nor loses by it.",
    averaged_over="pairs",
)


def separation(samples: Sequence[Sample], positive: Sequence[bool]) -> Metric:
    """`auc` of the samples' log-odds; null if all questions are of one kind."""
    return Metric(value=auc(np.array(positive), _odds(samples)), n=len(samples))


def with_placements(samples: Sequence[Sample], positive: Sequence[bool]) -> list[Sample]:
    """The samples of a suite that ranks by AUC: `correct` is the share of an item's own pairs in the right order."""
    shares = placements(np.array(positive), _odds(samples)).tolist()
    return [replace(sample, correct=share) for sample, share in zip(samples, shares, strict=True)]


def _odds(samples: Sequence[Sample]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([sample.log_odds for sample in samples], dtype=np.float64)
