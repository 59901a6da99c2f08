"""Area under the ROC curve: does a true statement get higher log-odds than a false one, whatever the bias."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def auc(positive: NDArray[np.bool_], values: NDArray[np.float64]) -> float | None:
    """Probability that a random positive has a higher value than a random negative; ties count half.

    Args: both of shape (items,). Null if a class is empty or a value is not finite.
    """
    positives = int(positive.sum())
    negatives = len(positive) - positives
    if not positives or not negatives or not np.isfinite(values).all():
        return None
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    rank = (last - (counts - 1) / 2)[place]  # ties share the mean of their ranks
    return float((rank[positive].sum() - positives * (positives + 1) / 2) / (positives * negatives))
