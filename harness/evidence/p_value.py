"""Two-sided p-values of paired differences, from the same bootstrap as their intervals.

A p-value is 1 - the confidence at which the interval just touches 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.evidence.item_scores import Floats
from harness.evidence.wilson import mean_of_proportions

FEW = 10
"""With fewer resamples than this beyond 0, their share is too uncertain to use."""


def of_draws(value: float, draws: Floats, *, error: float, df: float) -> float:
    """Twice the share of resampled differences on the other side of 0, which agrees with the percentile interval.

    If fewer than `FEW` resamples lie there, it is the tail of Student's t with the bootstrap's standard error and
    degrees of freedom: with 10,000 resamples no share is below 0.0001, so no difference could pass a correction for
    400 comparisons.

    Args:
        value: the difference.
        draws: (resamples,), resampled differences.
        error: standard error of the difference.
        df: degrees of freedom of the squared standard error.
    """
    beyond = int(min((draws <= 0).sum(), (draws >= 0).sum()))
    share = 2 * max(beyond, FEW) / len(draws)
    if beyond >= FEW:
        return min(1.0, share)
    from scipy.stats import t

    return min(1.0, share, float(2 * t.sf(abs(value) / error, df)))


def without_spread(value: float, clusters_by_group: Sequence[int], *, clusters: int) -> float:
    """The p-value of a difference that is the same on every item, so that all resamples are equal.

    It is the higher of two p-values: that of the interval (Wilson's bound for "no cluster behaves differently", at the
    confidence where the bound reaches 0) and that of the exact sign test with clusters as trials.
    """
    if abs(value) < 1e-12:
        return 1.0
    none_seen = [(0.0, count) for count in clusters_by_group]
    low, high = 0.0, 1 - 1e-12  # confidence, by bisection: the bound grows with it
    for _ in range(50):
        middle = (low + high) / 2
        if mean_of_proportions(none_seen, confidence=middle)[1] < abs(value):
            low = middle
        else:
            high = middle
    return min(1.0, max(1 - low, 2.0 ** (1 - clusters)))
