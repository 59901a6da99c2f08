from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import DataError
from harness.evidence.item_scores import ItemScores
from harness.evidence.ranking import Rank, ranks
from harness.evidence.resampling import Resampling
from tests.evidence.scores_factory import Board, coin, table

FAST = Resampling(resamples=500)


def right(count: int, *, of: int = 200) -> ItemScores:
    """The first `count` items are right."""
    return table((np.arange(of) < count).astype(float)[None])


def places(scores: list[ItemScores]) -> list[tuple[int, int]]:
    return [(rank.first, rank.last) for rank in ranks(scores, resampling=FAST)]


def test_recipes_that_cannot_be_told_apart_share_their_ranks() -> None:
    assert places([right(60), right(150), right(149), right(100)]) == [(4, 4), (1, 2), (1, 2), (3, 3)]


def test_a_recipe_behind_the_best_need_not_be_behind_the_next() -> None:
    """Ranks are ranges that overlap: 133 is surely behind 140, but neither is surely apart from 136."""
    found = ranks([right(150), right(140), right(136), right(133)], resampling=FAST)
    assert [rank.may_be_best for rank in found] == [True, False, False, False]
    assert [(rank.first, rank.last) for rank in found] == [(1, 1), (2, 3), (2, 4), (3, 4)]


def test_one_recipe_is_the_first() -> None:
    assert ranks([right(5)], resampling=FAST) == [Rank(True, 1, 1, 1.0)]
    assert ranks([], resampling=FAST) == []


def test_equal_recipes_share_the_probability_of_being_the_best() -> None:
    found = ranks([right(50), right(50), right(10)], resampling=FAST)
    assert [rank.best for rank in found] == pytest.approx([0.5, 0.5, 0.0])


def test_the_probability_of_being_the_best_is_that_of_the_bootstrap() -> None:
    # 22 against 18 discordant items: the difference is 4 with standard error sqrt(40), by the normal approximation
    base = np.zeros((1, 400))
    left, other = base.copy(), base.copy()
    left[0, :22], other[0, 22:40] = 1, 1
    found = ranks([table(left), table(other)], resampling=Resampling())
    assert found[0].best == pytest.approx(NormalDist().cdf(4 / 40**0.5), abs=0.02)


def test_seeds_that_differ_make_the_best_less_sure() -> None:
    same = np.tile(coin((1, 240), 0.6), (3, 1))
    apart = same.copy()
    apart[1, :60], apart[2, 60:120] = 0.0, 1.0
    of_same = ranks([table(same), table(coin((1, 240), 0.5, 1))], resampling=FAST)[0].best
    of_apart = ranks([table(apart), table(coin((1, 240), 0.5, 1))], resampling=FAST)[0].best
    assert of_same is not None
    assert of_apart is not None
    assert of_apart < of_same


def test_one_cluster_ranks_nobody() -> None:
    scores = [table(coin((1, 6), share, 1), per_cluster=6) for share in (0.2, 0.9)]
    assert ranks(scores, resampling=FAST) == [Rank(True, 1, 2, None)] * 2


def test_other_items_cannot_be_ranked_together() -> None:
    with pytest.raises(DataError, match="not answered the same items"):
        ranks([right(5), right(5, of=100)], resampling=FAST)


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_ranks_are_ranges_and_the_probabilities_add_up_to_one(shares: list[float], draw: int) -> None:
    scores = [table(coin((1, 60), share, draw + i)) for i, share in enumerate(shares)]
    found = ranks(scores, resampling=FAST)
    assert all(1 <= rank.first <= rank.last <= len(shares) for rank in found)
    assert all((rank.first == 1) == rank.may_be_best for rank in found)
    highest = max(range(len(scores)), key=lambda i: scores[i].value)
    assert found[highest].may_be_best
    assert sum(rank.best or 0 for rank in found) == pytest.approx(1)


@pytest.mark.parametrize(("seeds", "spread"), [(1, 0.0), (3, 0.03)])
def test_of_100_boards_of_equal_recipes_about_5_put_one_ahead_of_another(seeds: int, spread: float) -> None:
    """300 boards of six."""
    random, parted = np.random.default_rng(seeds), 0
    for number in range(300):
        board = Board(random, seeds=seeds, spread=spread)
        scores = [board.recipe(0.6) for _ in range(6)]
        found = ranks(scores, resampling=Resampling(resamples=400, seed=number))
        parted += not all(rank.may_be_best for rank in found)
    assert parted / 300 <= 0.075
