from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.auc import auc

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
