"""Area under the ROC curve: how well a value separates two classes, whatever the threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def auc(positive: NDArray[np.bool_], values: NDArray[np.float64]) -> float | None:
    """Probability that a random positive item has a higher value than a random negative one; a tie counts one half.

    A bias towards one class shifts all values and does not change it.

    Args:
        positive: (items,), whether the item is of the positive class.
        values: (items,), for example log-odds.

    Returns:
        From 0 to 1; null if a class has no item or a value is not finite.
    """
    positives = int(positive.sum())
    negatives = len(positive) - positives
    if not positives or not negatives or not np.isfinite(values).all():
        return None
    # mid-ranks times two are whole numbers, so the sum is exact; scikit-learn's function would import for a second
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    doubled_ranks = 2 * np.cumsum(counts) - counts + 1
    half_pairs = int(doubled_ranks[place][positive].sum()) - positives * (positives + 1)
    return half_pairs / 2 / (positives * negatives)
