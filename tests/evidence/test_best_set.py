from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.best_set import best_set_p_values
from harness.evidence.contrasts import Contrast

ROWS = np.random.default_rng(0).standard_normal((8, 2000))


def pairs_of(values: list[float]) -> dict[tuple[int, int], Contrast]:
    """Independent recipes whose scores have a standard error of 1."""
    return {
        (i, j): Contrast((values[i] - values[j]) / 2**0.5, (ROWS[i] - ROWS[j]) / 2**0.5)
        for i, j in combinations(range(len(values)), 2)
    }


def p_values(values: list[float]) -> list[float]:
    return best_set_p_values(values, pairs_of(values))


def test_who_is_far_behind_is_out_and_who_is_close_stays() -> None:
    p = p_values([10.0, 9.0, 0.0, 9.5])
    assert [one >= 0.05 for one in p] == [True, True, False, True]
    assert p[0] == 1.0


def test_a_clear_leader_is_alone() -> None:
    assert [one >= 0.05 for one in p_values([0.0, 12.0, 1.0])] == [False, True, False]


def test_equal_recipes_all_stay() -> None:
    assert p_values([3.0] * 5) == [1.0] * 5


def test_who_has_left_makes_no_further_demands() -> None:
    """The critical value is that of the recipes still in: fewer candidates, more said about each."""
    close = [4.0, 0.0]
    alone, among_many = p_values(close)[1], p_values([*close, 3.9, 3.8, 4.1, 3.7])[1]
    with_hopeless = p_values([*close, -30.0, -31.0, -32.0, -33.0])[1]
    assert with_hopeless == alone
    assert among_many > alone


def test_one_recipe_is_the_best() -> None:
    assert best_set_p_values([0.3], {}) == [1.0]


@settings(max_examples=40)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8))
def test_the_highest_score_is_always_in_the_set(values: list[float]) -> None:
    assert p_values(values)[int(np.argmax(values))] >= 0.5
