"""Does a model's confidence say how often it is right? From the likelihoods of choices, which cost nothing extra."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.records.run_record import Metric

Floats = NDArray[np.float64]

BINS = 10


def choice_probabilities(loglikelihoods: ArrayLike) -> Floats:
    """Softmax over one question's choices, shape (choices,): they are all that can be answered, so they sum to 1.

    Nothing but NaN where no choice has a likelihood, or one is NaN.
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

    The distance is taken in each of `bins` equally wide bins of confidence (a value on a border is of the lower one)
    and weighted by the items in it: Naeini et al. 2015; Guo et al. 2017, arXiv 1706.04599. Null if a value is not
    finite, or there is none. It is biased upwards where items are few: a perfectly calibrated model shows some points.

    Raises:
        ValueError: `bins` is below 1, or a confidence is outside [0, 1].
    """
    sure, right = np.asarray(confidence, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    if bins < 1:
        raise ValueError(f"{bins} bins")
    if not sure.size or not np.isfinite(sure).all() or not np.isfinite(right).all():
        return None
    if sure.min() < 0 or sure.max() > 1:
        raise ValueError("a confidence is a number from 0 to 1")
    place = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(place, weights=right - sure, minlength=bins)
    return float(np.abs(gaps).sum() / len(sure))


def brier(probabilities: Sequence[ArrayLike], gold: Sequence[int]) -> float | None:
    """Mean squared distance of the probabilities from the truth, summed over choices: 0 is best, 2 is worst.

    The original score (Brier 1950), not the half of it that is in use for two classes. Questions may differ in their
    number of choices. Null if a probability is not finite, or there is no question.

    Args:
        probabilities: of each question, shape (choices,).
        gold: place of each question's right choice.
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
    """`ece` of the answer that was chosen, and `brier` over all choices; one row of each argument per question."""
    rows = [choice_probabilities(row) for row in loglikelihoods]
    sure = [float(row.max()) for row in rows]
    return {
        "ece": Metric(value=expected_calibration_error(sure, correct), n=len(rows)),
        "brier": Metric(value=brier(rows, gold), n=len(rows)),
    }
