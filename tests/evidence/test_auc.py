from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.auc import auc, influences, placements
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Resampling, score_interval

ITEMS = st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=1, max_size=40)


def test_values_that_separate_the_classes_give_one_and_their_reverse_zero() -> None:
    positive = np.array([True, True, False, False])
    values = np.array([3.0, 2.0, 1.0, -7.0])
    assert auc(positive, values) == 1.0
    assert auc(positive, -values) == 0.0


def test_a_bias_towards_one_answer_changes_nothing() -> None:
    positive = np.array([True, False, True, False, True])
    values = np.array([0.1, 0.4, 0.3, -0.2, 0.2])
    assert auc(positive, values + 100) == pytest.approx(auc(positive, values))


@given(ITEMS)
def test_it_is_the_share_of_pairs_in_the_right_order_with_ties_half(items: list[tuple[bool, int]]) -> None:
    pairs = [(p - n > 0) + (p == n) / 2 for a, p in items if a for b, n in items if not b]
    expected = sum(pairs) / len(pairs) if pairs else None
    found = auc(np.array([a for a, _ in items]), np.array([v for _, v in items], dtype=float))
    assert found == expected  # to the last bit: the sum of halves is exact


def test_a_value_that_is_not_a_number_gives_none() -> None:
    assert auc(np.array([True, False]), np.array([np.nan, 1.0])) is None


def test_a_class_without_items_gives_none() -> None:
    assert auc(np.array([True, True]), np.array([0.0, 1.0])) is None


@given(ITEMS)
def test_the_mean_placement_of_either_class_is_the_auc(items: list[tuple[bool, int]]) -> None:
    positive, values = np.array([a for a, _ in items]), np.array([v for _, v in items], dtype=float)
    expected = auc(positive, values)
    if expected is not None:
        shares = placements(positive, values)
        assert shares[positive].mean() == pytest.approx(expected)
        assert shares[~positive].mean() == pytest.approx(expected)


def test_the_interval_of_an_auc_is_as_wide_as_that_of_delong_and_twice_that_of_placements() -> None:
    random = np.random.default_rng(0)
    positive = np.arange(120) % 2 == 0
    values = random.normal(size=120) + positive
    shares = placements(positive, values)[None]
    groups = tuple("true" if one else "false" for one in positive)
    names = tuple(map(str, range(120)))
    scores = ItemScores(items=names, clusters=names, groups=groups, correct=influences(shares, groups), shares=False)
    estimate = score_interval(scores, resampling=Resampling(resamples=4000))
    assert estimate.value == pytest.approx(auc(positive, values))
    parts = [shares[0, of_class].var(ddof=1) / of_class.sum() for of_class in (positive, ~positive)]
    assert estimate.standard_error == pytest.approx(sum(parts) ** 0.5, rel=0.05)


def test_a_perfect_order_has_wilsons_interval_and_not_a_point() -> None:
    groups, names = ("a", "b") * 10, tuple(map(str, range(20)))
    correct = influences(np.ones((1, 20)), groups)
    scores = ItemScores(items=names, clusters=names, groups=groups, correct=correct, shares=False)
    estimate = score_interval(scores, resampling=Resampling(resamples=200))
    assert (estimate.value, estimate.high) == (1.0, 1.0)
    assert estimate.low is not None
    assert estimate.low < 0.95
