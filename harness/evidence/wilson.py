"""Wilson's interval for a proportion, which also holds when every answer was right, or none was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist


def z_of(confidence: float) -> float:
    """The two-sided normal quantile: 1.96 for a confidence of 0.95."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(proportion: float, n: int, *, confidence: float) -> tuple[float, float]:
    """Score interval of a proportion among `n` independent trials (Wilson 1927), within [0, 1].

    Raises:
        ValueError: n < 1 or the proportion is outside [0, 1].
    """
    if n < 1 or not 0 <= proportion <= 1:
        raise ValueError(f"proportion {proportion} of {n} trials, expected 0 to 1 of at least one trial")
    z2 = z_of(confidence) ** 2
    centre = (proportion + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2) / (1 + z2 / n) * math.sqrt(proportion * (1 - proportion) / n + z2 / (4 * n * n))
    # near 0 and 1 a rounding error of 1e-17 could exclude the proportion itself
    return min(proportion, max(0.0, centre - half)), max(proportion, min(1.0, centre + half))


def mean_of_proportions(proportions: Sequence[tuple[float, int]], *, confidence: float) -> tuple[float, float]:
    """Interval of the plain mean of independent proportions `(proportion, n)`, such as balanced accuracy.

    The squared distances of Wilson's bounds are added (MOVER, Zou & Donner 2008), which gives a narrower interval than
    the mean of the bounds.
    """
    k = len(proportions)
    bounds = [wilson(p, n, confidence=confidence) for p, n in proportions]
    mean = sum(p for p, _ in proportions) / k
    below = math.sqrt(sum((p - low) ** 2 for (p, _), (low, _) in zip(proportions, bounds, strict=True))) / k
    above = math.sqrt(sum((high - p) ** 2 for (p, _), (_, high) in zip(proportions, bounds, strict=True))) / k
    return mean - below, mean + above
