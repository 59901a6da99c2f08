"""Area under the ROC curve: how well a value separates two classes, whatever the threshold."""

from __future__ import annotations

from collections.abc import Sequence

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


def placements(positive: NDArray[np.bool_], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(items,): for each item the share of its pairs with items of the other class that are in the right order.

    A tie counts one half; an item without a counterpart gets one half. The mean over the items of either class is the
    AUC (the placement values of DeLong et al. 1988, doi 10.2307/2531595). Values that are not finite give NaN.
    """
    shares = np.full(len(values), 0.5)
    for own in (True, False):
        others = values[positive != own]
        for place in np.flatnonzero(positive == own):
            if len(others):
                below, equal = (values[place] > others).mean(), (values[place] == others).mean()
                shares[place] = (below if own else 1 - below - equal) + equal / 2
    return np.where(np.isfinite(values).all(), shares, np.nan)


def influences(shares: NDArray[np.float64], groups: Sequence[str]) -> NDArray[np.float64]:
    """What the bootstrap resamples in place of placements: 2 x share - AUC, for each item.

    An item takes part in the pairs of its own class and in those of every item of the other class. Resampled
    placements alone would count only the first, and intervals would be half as wide as they should be. The mean over
    classes is the AUC again, and the variance is that of DeLong et al.; with clusters that of Obuchowski 1997 (doi
    10.2307/2533958).

    Args:
        shares: (seeds, items), placements.
        groups: the class of each item.

    Returns:
        (seeds, items).
    """
    names = np.array(groups)
    value = np.mean([shares[:, names == name].mean(axis=1) for name in dict.fromkeys(groups)], axis=0)
    return np.asarray(2 * shares - value[:, None])
