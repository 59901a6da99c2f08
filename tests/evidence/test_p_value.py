from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_rel

from harness.evidence.item_scores import ItemScores
from harness.evidence.p_value import without_spread
from harness.evidence.resampling import Resampling, difference_interval
from tests.evidence.scores_factory import coin, table


def p_of(left: ItemScores, right: ItemScores, *, resamples: int = 10_000) -> float:
    p = difference_interval(left, right, resampling=Resampling(resamples=resamples)).p_value
    assert p is not None
    return p


@pytest.mark.parametrize("share", [0.51, 0.55, 0.58, 0.62, 0.70])
def test_many_independent_items_give_the_p_value_of_the_paired_t_test(share: float) -> None:
    left, right = coin((1, 600), share, 1), coin((1, 600), 0.5, 2)
    expected = float(ttest_rel(left[0], right[0]).pvalue)
    assert p_of(table(left), table(right)) == pytest.approx(expected, rel=0.25, abs=0.003)


def test_a_p_value_may_be_smaller_than_the_resamples_could_count() -> None:
    left, right = coin((1, 600), 0.9, 1), coin((1, 600), 0.5, 2)
    assert p_of(table(left), table(right), resamples=200) < 1e-6


@settings(max_examples=60)
@given(share=st.floats(0.3, 0.9), seeds=st.integers(1, 4), draw=st.integers(0, 2**32 - 1))
def test_the_p_value_and_the_interval_agree(share: float, seeds: int, draw: int) -> None:
    left, right = (
        table(coin((seeds, 90), share, draw), per_cluster=3),
        table(coin((1, 90), 0.5, draw + 1), per_cluster=3),
    )
    found = difference_interval(left, right, resampling=Resampling(resamples=2000))
    assert found.low is not None
    assert found.high is not None
    assert found.p_value is not None
    if found.p_value < 0.045:
        assert found.low > 0 or found.high < 0
    if found.p_value > 0.055:
        assert found.low <= 0 <= found.high


def test_a_constant_difference_is_as_sure_as_the_interval_that_reaches_0() -> None:
    # one group: Wilson's bound for none among n is z^2 / (n + z^2); it is 0.1 at n = 40 for z^2 = 40 / 9
    assert without_spread(0.1, [40], clusters=40) == pytest.approx(0.0350, abs=1e-4)
    assert without_spread(0.0, [40], clusters=40) == 1.0


def test_two_clusters_never_convince() -> None:
    # the exact sign test: 2 x (1/2)^2
    assert p_of(table(np.ones((1, 2))), table(np.zeros((1, 2)))) == 0.5


def test_one_cluster_has_no_p_value() -> None:
    one = table(np.ones((1, 4)), per_cluster=4)
    assert difference_interval(one, one, resampling=Resampling(resamples=100)).p_value is None
