from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.holm import holm
from harness.evidence.resampling import Resampling, difference_interval
from tests.evidence.scores_factory import Board

P_VALUES = st.lists(st.none() | st.floats(0, 1), max_size=12)


def test_a_worked_example() -> None:
    # by hand: 0.005 x 4, 0.01 x 3, 0.03 x 2, and 0.04 x 1 may not be below the one before
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_what_was_not_tested_is_not_counted() -> None:
    assert holm([0.02, None, 0.5]) == [0.04, None, 0.5]
    assert holm([]) == []


@given(P_VALUES)
def test_an_adjusted_value_is_no_smaller_and_within_the_bonferroni_bound(p_values: list[float | None]) -> None:
    tested = sum(p is not None for p in p_values)
    for p, adjusted in zip(p_values, holm(p_values), strict=True):
        assert (p is None) == (adjusted is None)
        if p is not None and adjusted is not None:
            assert p <= adjusted <= min(1, p * tested)


@given(P_VALUES)
def test_the_order_stays(p_values: list[float | None]) -> None:
    pairs = [(p, q) for p, q in zip(p_values, holm(p_values), strict=True) if p is not None and q is not None]
    adjusted = [q for _, q in sorted(pairs)]
    assert adjusted == sorted(adjusted)


@pytest.mark.parametrize(("seeds", "spread"), [(1, 0.0), (3, 0.03)])
def test_of_100_boards_without_any_effect_about_5_call_something_better_or_worse(seeds: int, spread: float) -> None:
    """300 boards of six recipes as good as the reference; without the correction far more would be called so."""
    random, family_wise, uncorrected = np.random.default_rng(seeds), 0, 0
    for number in range(300):
        board = Board(random, seeds=seeds, spread=spread)
        reference = board.recipe(0.6, seeds=1)
        resampling = Resampling(resamples=400, seed=number)
        found = [difference_interval(board.recipe(0.6), reference, resampling=resampling).p_value for _ in range(6)]
        family_wise += any(p is not None and p < 0.05 for p in holm(found))
        uncorrected += any(p is not None and p < 0.05 for p in found)
    assert family_wise / 300 <= 0.075
    assert uncorrected / 300 > 0.1
