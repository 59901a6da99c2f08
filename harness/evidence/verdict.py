"""The verdict on a difference, and the smallest difference that a comparison could have found."""

from __future__ import annotations

from statistics import NormalDist
from typing import Literal

from harness.evidence.resampling import Estimate
from harness.evidence.wilson import z_of

Verdict = Literal["better", "worse", "equivalent", "undecided"]


def verdict(
    difference: Estimate,
    *,
    margin: float,
    adjusted: float | None = None,
    confidence: float = 0.95,
    higher_is_better: bool = True,
) -> Verdict:
    """Judge a difference to the reference; `margin` is the smallest difference that matters.

    `adjusted` is the p-value after correction for all comparisons of the family; null if there is only this one.

    The first that applies:
    1. equivalent: the whole interval lies inside (-margin, margin). This comes first, even if the interval excludes 0:
       a difference that is certain but too small to matter is no reason to switch.
    2. better / worse: the whole interval lies above / below 0 (below / above it where lower is better), and the
       adjusted p-value is below 1 - `confidence`.
    3. undecided: anything else, and any difference without an interval. It does not mean that there is no difference.
    """
    low, high = difference.low, difference.high
    if low is None or high is None:
        return "undecided"
    if -margin < low and high < margin:
        return "equivalent"
    if adjusted is not None and adjusted >= 1 - confidence:
        return "undecided"
    if low > 0:
        return "better" if higher_is_better else "worse"
    if high < 0:
        return "worse" if higher_is_better else "better"
    return "undecided"


def detectable_difference(difference: Estimate, *, confidence: float, power: float = 0.8) -> float | None:
    """The true difference that a comparison of this precision calls better or worse with probability `power`.

    It is (z of the confidence + z of the power) x standard error of the paired difference; null without a standard
    error.
    """
    if difference.standard_error is None:
        return None
    return (z_of(confidence) + NormalDist().inv_cdf(power)) * difference.standard_error
