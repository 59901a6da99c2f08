from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.resampling import Resampling, difference_interval, score_interval
from tests.evidence.scores_factory import coin, table

FAST = Resampling(resamples=500)


def test_one_seed_and_single_items_give_the_binomial_standard_error() -> None:
    found = score_interval(table(coin((1, 400), 0.7)), resampling=Resampling())
    expected = (found.value * (1 - found.value) / 400) ** 0.5
    assert found.standard_error == pytest.approx(expected, rel=0.05)
    assert found.low == pytest.approx(found.value - 1.96 * expected, abs=0.006)
    assert found.high == pytest.approx(found.value + 1.96 * expected, abs=0.006)


def test_copies_of_an_item_in_its_cluster_are_no_evidence() -> None:
    once = coin((1, 100), 0.6)
    single = score_interval(table(once), resampling=FAST)
    copied = score_interval(table(np.repeat(once, 5, axis=1), per_cluster=5), resampling=FAST)
    assert copied.clusters == single.clusters == 100
    assert (copied.low, copied.high) == pytest.approx((single.low, single.high), abs=0.02)


def test_seeds_that_differ_widen_the_interval() -> None:
    same = np.tile(coin((1, 300), 0.6), (3, 1))
    apart = same.copy()
    apart[1, :60], apart[2, 60:120] = 0.0, 1.0
    of_same = score_interval(table(same), resampling=FAST)
    of_apart = score_interval(table(apart), resampling=FAST)
    assert of_same.standard_error is not None
    assert of_apart.standard_error is not None
    assert of_apart.standard_error > 1.5 * of_same.standard_error


def test_seeds_without_any_difference_change_nothing() -> None:
    once = coin((1, 200), 0.6)
    assert score_interval(table(np.tile(once, (3, 1))), resampling=FAST) == score_interval(table(once), resampling=FAST)


def test_pairing_takes_out_how_hard_the_items_are() -> None:
    reference = coin((1, 300), 0.5)
    better = np.maximum(reference, coin((1, 300), 0.1, seed=1))
    found = difference_interval(table(better), table(reference), resampling=FAST)
    assert found.low is not None
    assert found.low > 0
    alone = score_interval(table(better), resampling=FAST)
    assert found.standard_error is not None
    assert alone.standard_error is not None
    assert found.standard_error < alone.standard_error


def test_a_reference_with_one_seed_pairs_with_every_seed() -> None:
    several, one = coin((3, 200), 0.6), coin((1, 200), 0.4, seed=1)
    found = difference_interval(table(several), table(one), resampling=FAST)
    assert found.value == pytest.approx(several.mean() - one.mean())


def test_all_right_is_not_certainty() -> None:
    found = score_interval(table(np.ones((3, 60)), per_cluster=3), resampling=FAST)
    # Wilson with the 20 clusters as trials
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(20 / (20 + 1.96**2), abs=1e-3)


def test_always_saying_true_is_half_right_with_an_interval() -> None:
    always = np.array([[1.0, 0.0] * 50])
    found = score_interval(table(always, per_cluster=2, groups=2), resampling=FAST)
    assert found.value == 0.5
    assert found.low is not None
    assert found.high is not None
    assert 0.45 < found.low < 0.5 < found.high < 0.55


def test_equal_answers_everywhere_leave_a_small_doubt() -> None:
    same = table(coin((1, 400), 0.5))
    found = difference_interval(same, same, resampling=FAST)
    share = 1.96**2 / (400 + 1.96**2)
    assert (found.low, found.value, found.high) == pytest.approx((-share, 0.0, share), abs=1e-4)


def test_one_cluster_says_nothing_about_others() -> None:
    found = score_interval(table(coin((3, 10), 0.5), per_cluster=10), resampling=FAST)
    assert (found.low, found.high, found.standard_error) == (None, None, None)
    difference = difference_interval(
        table(coin((1, 10), 0.5), per_cluster=10), table(coin((1, 10), 0.5), per_cluster=10), resampling=FAST
    )
    assert difference.low is None


def test_the_same_numbers_come_out_twice() -> None:
    scores = table(coin((3, 90), 0.4), per_cluster=3, groups=2)
    assert score_interval(scores, resampling=FAST) == score_interval(scores, resampling=FAST)


@settings(max_examples=60)
@given(
    seeds=st.integers(1, 4),
    clusters=st.integers(2, 12),
    per_cluster=st.integers(1, 3),
    groups=st.integers(1, 3),
    draw=st.integers(0, 2**32 - 1),
    share=st.floats(0, 1),
)
def test_every_interval_holds_its_value_and_lies_within_the_scale(
    seeds: int, clusters: int, per_cluster: int, groups: int, draw: int, share: float
) -> None:
    shape = (seeds, clusters * per_cluster)
    scores = table(coin(shape, share, draw), per_cluster=per_cluster, groups=groups)
    reference = table(coin(shape, 0.5, draw + 1), per_cluster=per_cluster, groups=groups)
    found = score_interval(scores, resampling=FAST)
    difference = difference_interval(scores, reference, resampling=FAST)
    assert found.low is not None
    assert found.high is not None
    assert difference.low is not None
    assert difference.high is not None
    assert 0 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1
    assert -1 <= difference.low <= difference.high <= 1


def test_swapping_the_runs_of_a_pair_turns_the_sign() -> None:
    a, b = table(coin((2, 200), 0.6)), table(coin((2, 200), 0.5, seed=1))
    there, back = difference_interval(a, b, resampling=Resampling()), difference_interval(b, a, resampling=Resampling())
    assert there.value == pytest.approx(-back.value)
    assert there.low == pytest.approx(-(back.high or 0), abs=0.01)
