from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.evidence.resampling import Estimate
from harness.evidence.verdict import detectable_difference, verdict


def estimate(low: float | None, high: float | None, error: float | None = None) -> Estimate:
    middle = 0.0 if low is None or high is None else (low + high) / 2
    return Estimate(middle, low, high, error, n=100, clusters=100)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.01, 0.20, "better"),
        (-0.20, -0.01, "worse"),
        (-0.02, 0.02, "equivalent"),
        (0.005, 0.02, "equivalent"),  # surely there, surely too small to matter
        (-0.02, 0.03, "undecided"),  # touches the margin
        (-0.10, 0.10, "undecided"),
        (0.0, 0.10, "undecided"),
        (None, None, "undecided"),
    ],
)
def test_the_interval_decides(low: float | None, high: float | None, expected: str) -> None:
    assert verdict(estimate(low, high), margin=0.03) == expected


def test_a_difference_that_does_not_survive_the_correction_is_undecided() -> None:
    found = estimate(0.01, 0.20)
    assert verdict(found, margin=0.03, adjusted=0.04) == "better"
    assert verdict(found, margin=0.03, adjusted=0.06) == "undecided"
    assert verdict(found, margin=0.03, adjusted=0.06, confidence=0.9) == "better"
    assert verdict(estimate(0.005, 0.02), margin=0.03, adjusted=0.06) == "equivalent"


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0.001, 0.5))
def test_swapping_the_two_recipes_swaps_better_and_worse(a: float, b: float, margin: float) -> None:
    assume(a <= b)
    swapped = {"better": "worse", "worse": "better", "equivalent": "equivalent", "undecided": "undecided"}
    assert verdict(estimate(-b, -a), margin=margin) == swapped[verdict(estimate(a, b), margin=margin)]


def test_two_hundred_pairs_can_show_about_nine_points() -> None:
    # one item in five answered differently: standard error sqrt(0.2 / 200)
    found = detectable_difference(estimate(-0.06, 0.06, (0.2 / 200) ** 0.5), confidence=0.95)
    assert found == pytest.approx(0.0886, abs=5e-4)


def test_without_a_standard_error_nothing_is_promised() -> None:
    assert detectable_difference(estimate(None, None), confidence=0.95) is None
