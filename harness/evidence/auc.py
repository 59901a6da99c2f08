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
    from sklearn.metrics import roc_auc_score

    # The value is a whole number of half pairs. Rounding to it removes the error of summing up the curve.
    half_pairs = round(2 * positives * negatives * float(roc_auc_score(positive, values)))
    return half_pairs / 2 / (positives * negatives)
