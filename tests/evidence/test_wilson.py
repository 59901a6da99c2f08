from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.wilson import mean_of_proportions, wilson, z_of


def test_the_interval_of_a_textbook_example_is_right() -> None:
    # 81 of 263 (Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3)
    low, high = wilson(81 / 263, 263, confidence=0.95)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_none_and_all_right_still_leave_room_for_doubt() -> None:
    z2 = z_of(0.95) ** 2
    assert wilson(0.0, 20, confidence=0.95) == pytest.approx((0.0, z2 / (20 + z2)))
    assert wilson(1.0, 20, confidence=0.95) == pytest.approx((20 / (20 + z2), 1.0))


@given(n=st.integers(1, 5000), share=st.floats(0, 1), confidence=st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_lies_in_zero_to_one_around_the_share(n: int, share: float, confidence: float) -> None:
    low, high = wilson(share, n, confidence=confidence)
    assert 0 <= low <= share <= high <= 1
    assert low < high


@given(n=st.integers(2, 500), share=st.floats(0, 1))
def test_more_trials_and_less_confidence_make_it_narrower(n: int, share: float) -> None:
    def width(trials: int, confidence: float) -> float:
        low, high = wilson(share, trials, confidence=confidence)
        return high - low

    assert width(4 * n, 0.95) < width(n, 0.95) < width(n, 0.99)


def test_one_proportion_is_its_own_mean() -> None:
    alone = wilson(0.3, 40, confidence=0.95)
    assert mean_of_proportions([(0.3, 40)], confidence=0.95) == pytest.approx(alone)


def test_a_model_that_always_says_true_is_surely_near_one_half() -> None:
    low, high = mean_of_proportions([(1.0, 100), (0.0, 100)], confidence=0.95)
    assert 0.48 < low < 0.5 < high < 0.52


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (-0.1, 5), (1.1, 5)])
def test_impossible_counts_are_refused(share: float, n: int) -> None:
    with pytest.raises(ValueError, match="expected 0 to 1 of at least one trial"):
        wilson(share, n, confidence=0.95)
