"""The confidence set of the best: the recipes that cannot be told from the best.

This is the model confidence set with the range statistic (Hansen, Lunde & Nason 2011, doi 10.3982/ECTA5771).

    candidates   A B C D E     largest difference of two candidates: A - E, unlikely by chance: E is out
                 A B C D       largest: A - D, unlikely by chance: D is out
                 A B C         largest: B - C, not unlikely: A, B and C stay
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.evidence.contrasts import Contrast


def best_set_p_values(values: Sequence[float], pairs: Mapping[tuple[int, int], Contrast]) -> list[float]:
    """For each recipe a p-value. The recipes with p >= alpha are the set.

    The set holds every recipe that is truly best with a probability of 1 - alpha. It is never empty: the last candidate
    has p = 1.

    Args:
        values: the scores.
        pairs: the contrast of recipe i and recipe j, for all i < j.
    """
    count = len(values)
    order, largest_of = _eliminated(values, pairs)
    if count < 2:
        return [1.0] * count
    largest = np.zeros(len(pairs[0, 1].draws))
    steps = [1.0] * count
    for place in range(count - 2, -1, -1):  # candidates of a step are those of the next and the one eliminated in it
        for other in order[place + 1 :]:
            i, j = sorted((order[place], other))
            np.maximum(largest, np.abs(pairs[i, j].draws), out=largest)
        steps[place] = (int((largest >= largest_of[place]).sum()) + 1) / (len(largest) + 1)
    found = [1.0] * count
    highest = 0.0
    for place in range(count - 1):
        highest = found[order[place]] = max(highest, steps[place])
    return found


def _eliminated(values: Sequence[float], pairs: Mapping[tuple[int, int], Contrast]) -> tuple[list[int], list[float]]:
    """The recipes in the order of elimination, and the largest statistic between two candidates at each step."""
    count = len(values)
    lead = np.full((count, count), -np.inf)  # lead[i, j]: how far i is ahead of j
    for (i, j), one in pairs.items():
        lead[i, j], lead[j, i] = one.statistic, -one.statistic
    left, order, largest = list(range(count)), [], []
    while len(left) > 1:
        behind = {j: max(lead[i, j] for i in left if i != j) for j in left}
        worst = max(left, key=lambda j: (behind[j], -values[j], j))
        largest.append(float(behind[worst]))
        order.append(worst)
        left.remove(worst)
    return [*order, *left], largest
