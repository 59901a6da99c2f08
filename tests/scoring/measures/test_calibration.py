import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from harness.scoring.measures.calibration import brier, calibration, choice_probabilities, expected_calibration_error

loglikelihoods = st.lists(st.floats(-500, 0), min_size=1, max_size=30)
shares = st.floats(0, 1)


def test_likelihoods_of_choices_become_their_shares() -> None:
    assert choice_probabilities([math.log(0.02), math.log(0.06)]) == pytest.approx([0.25, 0.75])


def test_very_unlikely_choices_still_have_shares() -> None:
    assert choice_probabilities([-2000.0, -2000.0, -3000.0]) == pytest.approx([0.5, 0.5, 0.0])


def test_a_choice_that_is_impossible_has_no_share() -> None:
    assert choice_probabilities([-1.0, -math.inf]) == pytest.approx([1.0, 0.0])


@pytest.mark.parametrize("row", [[math.nan, -1.0], [-math.inf, -math.inf]])
def test_likelihoods_that_are_none_have_no_shares(row: list[float]) -> None:
    assert np.isnan(choice_probabilities(row)).all()
    metrics = calibration([row], [0], correct=[1.0])
    assert [metric.value for metric in metrics.values()] == [None, None]


@given(loglikelihoods, st.floats(-100, 100))
def test_shares_sum_to_one_keep_the_order_and_see_differences_only(row: list[float], shift: float) -> None:
    found = choice_probabilities(row)
    assert found.sum() == pytest.approx(1)
    assert found[int(np.argmax(row))] == found.max()
    assert choice_probabilities([value + shift for value in row]) == pytest.approx(found, abs=1e-9)


def test_the_calibration_error_of_a_case_done_by_hand() -> None:
    sure = [0.95, 0.95, 0.95, 0.95, 0.55, 0.55]
    right = [1, 1, 1, 0, 1, 0]
    # four at 0.95 of which 0.75 are right, two at 0.55 of which 0.5 are
    assert expected_calibration_error(sure, right) == pytest.approx((4 * 0.20 + 2 * 0.05) / 6)


def test_in_one_bin_over_and_under_confidence_make_up_for_each_other() -> None:
    assert expected_calibration_error([0.91, 0.99], [1, 1], bins=10) == pytest.approx(0.05)
    assert expected_calibration_error([0.25, 0.75], [0, 1], bins=1) == pytest.approx(0.0)
    assert expected_calibration_error([0.25, 0.75], [0, 1], bins=2) == pytest.approx(0.25)


def test_a_confidence_on_a_border_is_of_the_lower_bin() -> None:
    apart, together = ([0.5, 0.6], [0.5, 0.4])  # with another from above, and from below
    assert expected_calibration_error(apart, [1, 0], bins=2) == pytest.approx((0.5 + 0.6) / 2)
    assert expected_calibration_error(together, [1, 0], bins=2) == pytest.approx((0.5 - 0.4) / 2)


def test_no_item_has_no_calibration_error() -> None:
    assert expected_calibration_error([], []) is None


@pytest.mark.parametrize(("sure", "bins"), [([1.2], 10), ([-0.1], 10), ([0.5], 0)])
def test_what_is_no_confidence_is_refused(sure: list[float], bins: int) -> None:
    with pytest.raises(ValueError, match=r"expected numbers from 0 to 1|bins is 0"):
        expected_calibration_error(sure, [1], bins=bins)


@given(st.lists(st.tuples(shares, st.booleans()), min_size=1, max_size=60), st.integers(1, 20))
def test_the_calibration_error_is_the_mean_gap_of_any_binning(pairs: list[tuple[float, bool]], bins: int) -> None:
    sure, right = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    error = expected_calibration_error(sure, right, bins=bins)
    assert error is not None
    # finer bins never hide more: between the gap of all items at once and that of each alone
    assert abs(float((right - sure).mean())) - 1e-9 <= error <= float(np.abs(right - sure).mean()) + 1e-9


def test_a_model_that_is_as_often_right_as_it_is_sure_is_calibrated() -> None:
    rng = np.random.default_rng(0)
    sure = rng.uniform(0, 1, 200_000)
    error = expected_calibration_error(sure, rng.uniform(0, 1, 200_000) < sure)
    assert error is not None
    assert error < 0.01


def test_brier_of_three_choices_by_hand() -> None:
    assert brier([[0.5, 0.3, 0.2], [1.0, 0.0, 0.0]], [0, 1]) == pytest.approx(((0.25 + 0.09 + 0.04) + 2.0) / 2)


def test_the_best_brier_score_is_zero_and_the_worst_two() -> None:
    assert brier([[1.0, 0.0]], [0]) == 0
    assert brier([[1.0, 0.0]], [1]) == 2


def test_questions_may_have_different_numbers_of_choices() -> None:
    assert brier([[0.5, 0.5], [0.25] * 4], [0, 3]) == pytest.approx((0.5 + 0.75) / 2)


def test_no_question_has_no_brier_score() -> None:
    assert brier([], []) is None


@given(st.lists(st.tuples(shares, st.booleans()), min_size=2, max_size=30))
def test_for_two_choices_brier_is_twice_that_of_scikit_learn(pairs: list[tuple[float, bool]]) -> None:
    rows = [[1 - share, share] for share, _ in pairs]
    gold = [int(holds) for _, holds in pairs]
    theirs = brier_score_loss(gold, [share for share, _ in pairs], labels=[0, 1], scale_by_half=True)
    assert brier(rows, gold) == pytest.approx(2 * theirs)


@given(st.lists(st.tuples(st.lists(st.floats(-50, 0), min_size=3, max_size=3), st.integers(0, 2)), min_size=1))
def test_for_several_choices_brier_is_that_of_scikit_learn(pairs: list[tuple[list[float], int]]) -> None:
    rows = [choice_probabilities(row) for row, _ in pairs]
    gold = [place for _, place in pairs]
    theirs = brier_score_loss(gold, np.array(rows), labels=[0, 1, 2], scale_by_half=False)
    assert brier(rows, gold) == pytest.approx(theirs)


def test_confidence_is_that_of_the_answer_which_was_chosen() -> None:
    metrics = calibration([[math.log(0.8), math.log(0.2)]] * 4, [0, 0, 0, 1], correct=[1.0, 1.0, 1.0, 0.0])
    assert metrics["ece"].value == pytest.approx(0.05)
    assert metrics["brier"].value == pytest.approx((3 * 0.08 + 1.28) / 4)
    assert {metric.n for metric in metrics.values()} == {4}
