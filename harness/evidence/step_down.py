"""Adjusted p-values of a family of differences, by resampling: the step-down maximum test.

Westfall & Young 1993; Romano & Wolf 2005 (doi 10.1198/016214504000000539), p-values as in Romano & Wolf 2016.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.evidence.contrasts import Contrast


def step_down(contrasts: Sequence[Contrast]) -> list[float]:
    """Adjusted two-sided p-values in the order given.

    If every adjusted p-value below alpha counts as a finding, the chance of one false finding or more is alpha. The
    largest statistic is compared with the largest of all resampled statistics, the second with the largest without the
    first, and so on. Where the differences vary together, the largest of them is smaller than that of independent
    ones, and the p-values are smaller than Holm's.
    """
    if not contrasts:
        return []
    resamples = len(contrasts[0].draws)
    size = [abs(one.statistic) for one in contrasts]
    ascending = sorted(range(len(contrasts)), key=lambda i: size[i])
    largest = np.zeros(resamples)
    found = [1.0] * len(contrasts)
    for i in ascending:
        np.maximum(largest, np.abs(contrasts[i].draws), out=largest)
        found[i] = (int((largest >= size[i]).sum()) + 1) / (resamples + 1)
    highest = 0.0
    for i in reversed(ascending):
        highest = found[i] = max(highest, found[i])
    return found
