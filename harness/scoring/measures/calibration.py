"""Calibration: how well a model's confidence in its choices agrees with how often it is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.records.run_record import Metric
from harness.scoring.metric_spec import MetricSpec

Floats = NDArray[np.float64]

BINS = 10

CALIBRATION = {
    "ece": MetricSpec(
        explanation="Expected calibration error: mean distance between the model's confidence and its accuracy, over "
        "ten bins of confidence.",
        better="lower",
    ),
    "brier": MetricSpec(
        explanation="Brier score: mean squared distance of the probabilities from the truth; 0 for a model that is "
        "always certain and right, 2 at worst.",
        unit="score",
        better="lower",
    ),
}
"""The metrics that `calibration` computes."""


def choice_probabilities(loglikelihoods: ArrayLike) -> Floats:
    """Softmax over one question's choices, shape (choices,): nothing else can be answered, so they sum to 1.

    All NaN if one log-likelihood is NaN or all are minus infinity.
    """
    values = np.asarray(loglikelihoods, dtype=np.float64)
    highest = values.max()
    if not np.isfinite(highest):
        return np.full(values.shape, np.nan)
    weights = np.exp(values - highest)
    shares: Floats = weights / weights.sum()
    return shares


def expected_calibration_error(confidence: ArrayLike, correct: ArrayLike, *, bins: int = BINS) -> float | None:
    """Mean distance between confidence and accuracy, from 0 to 1; both of shape (items,).

    The distance is taken in each of `bins` equally wide bins of confidence (a value on a border belongs to the lower
    bin) and weighted by the number of items in the bin: Naeini et al. 2015; Guo et al. 2017, arXiv 1706.04599. Null if
    a value is not finite or there is no item. With few items it is biased upwards: a perfectly calibrated model gets
    some points, too.

    Raises:
        ValueError: `bins` is below 1, or a confidence is outside [0, 1].
    """
    sure, right = np.asarray(confidence, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    if bins < 1:
        raise ValueError(f"bins is {bins}, expected 1 or more")
    if not sure.size or not np.isfinite(sure).all() or not np.isfinite(right).all():
        return None
    if sure.min() < 0 or sure.max() > 1:
        raise ValueError(f"confidence from {sure.min()} to {sure.max()}, expected numbers from 0 to 1")
    place = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(place, weights=right - sure, minlength=bins)
    return float(np.abs(gaps).sum() / len(sure))


def brier(probabilities: Sequence[ArrayLike], gold: Sequence[int]) -> float | None:
    """Mean squared distance of the probabilities from the truth, summed over choices: 0 is best, 2 is worst.

    This is the original score (Brier 1950); for two classes, half of it is in use as well. Questions may have different
    numbers of choices. Null if a probability is not finite or there is no question.

    Args:
        probabilities: one array per question, shape (choices,).
        gold: the index of each question's right choice.
    """
    scores = []
    for row, place in zip(probabilities, gold, strict=True):
        distance = np.array(row, dtype=np.float64)
        distance[place] -= 1.0
        scores.append(float((distance**2).sum()))
    mean = float(np.mean(scores)) if scores else float("nan")
    return mean if np.isfinite(mean) else None


def calibration(
    loglikelihoods: Sequence[Sequence[float]], gold: Sequence[int], *, correct: Sequence[float]
) -> dict[str, Metric]:
    """`ece` of the chosen answers and `brier` of all choices.

    Args:
        loglikelihoods: one row per question, one value per choice.
        gold: the index of each question's right choice.
        correct: whether each question was answered rightly, 0 or 1.
    """
    rows = [choice_probabilities(row) for row in loglikelihoods]
    sure = [float(row.max()) for row in rows]
    return {
        "ece": Metric(value=expected_calibration_error(sure, correct), n=len(rows)),
        "brier": Metric(value=brier(rows, gold), n=len(rows)),
    }
