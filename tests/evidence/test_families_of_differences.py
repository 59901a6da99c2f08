"""What boards claim about many recipes at once, in simulation: how often a claim is false, and how much is claimed.

tests/bench/tie_groups.py compares more methods on more boards.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import pytest

from harness.evidence.contrasts import pairwise
from harness.evidence.draws import Table, cluster_deviations
from harness.evidence.families import judged_together
from harness.evidence.holm import holm
from harness.evidence.ranking import ranks
from harness.evidence.resampling import Resampling
from harness.evidence.step_down import step_down
from tests.bench.tie_groups import LEADERBOARD, METHODS
from tests.evidence.scores_factory import ONE_EACH, SIZES, probit_board

LIMIT = 0.05 + 2.5 * (0.05 * 0.95 / 200) ** 0.5
"""What 200 boards may show if 5 of 100 err: 2.5 standard errors more."""


@pytest.mark.parametrize(("sizes", "seeds", "spread"), [(SIZES, 1, 0.0), (ONE_EACH, 1, 0.0), (SIZES, 3, 0.3)])
def test_on_at_most_5_of_100_boards_of_equal_recipes_one_is_told_from_the_best(
    sizes: Sequence[int], seeds: int, spread: float
) -> None:
    random, errors = np.random.default_rng(len(sizes) + seeds), 0
    for number in range(200):
        scores = probit_board(random, [0.7] * 10, sizes=sizes, seeds=seeds, spread=spread)
        found = ranks(scores, resampling=Resampling(resamples=400, seed=number))
        errors += any(not rank.may_be_best or rank.first > 1 or rank.last < 10 for rank in found)
    assert errors / 200 <= LIMIT


def test_the_set_of_the_best_says_more_than_holms_correction_of_all_pairs() -> None:
    random, sizes, left_out = np.random.default_rng(0), dict.fromkeys(METHODS, 0), 0
    for number in range(30):
        scores = probit_board(random, LEADERBOARD)
        tables = [Table.of(one) for one in scores]
        by_cluster = cluster_deviations(tables, resamples=400, seed=number)
        pairs = pairwise(tables, by_cluster, resampling=Resampling(resamples=400, seed=number))
        for name, method in METHODS.items():
            p_values = method([one.value for one in scores], pairs)
            sizes[name] += sum(p >= 0.05 for p in p_values)
            left_out += name == "best set, range" and min(p_values[:2]) < 0.05
    assert left_out <= 4
    assert sizes["best set, range"] / 30 < sizes["Holm, all pairs"] / 30 - 1
    assert sizes["step-down"] < sizes["Holm, all pairs"]


def test_the_set_and_the_ranks_agree() -> None:
    scores = probit_board(np.random.default_rng(3), LEADERBOARD)
    found = ranks(scores, resampling=Resampling(resamples=400))
    for rank in found:
        assert 1 <= rank.first <= rank.last <= len(found)
        assert (rank.first == 1) == rank.may_be_best
    assert 2 <= sum(rank.may_be_best for rank in found) < 20


@pytest.mark.parametrize(("seeds", "spread"), [(1, 0.0), (3, 0.3)])
def test_of_100_boards_without_any_effect_about_5_call_something_better_or_worse(seeds: int, spread: float) -> None:
    """200 boards of ten recipes as good as the reference; on every second one, five of the ten are better."""
    random, errors = np.random.default_rng(seeds), 0
    for number in range(200):
        equal = 10 if number % 2 else 5
        scores = probit_board(random, [0.6] * (1 + equal) + [0.72] * (10 - equal), seeds=seeds, spread=spread)
        resampling = Resampling(resamples=400, seed=number)
        judged = judged_together([(one, scores[0]) for one in scores[1:]], resampling=resampling)
        p_values = [one.p_adjusted for one in judged[:equal] if one]
        errors += any(p is not None and p < 0.05 for p in p_values)
    assert errors / 200 <= LIMIT


def test_differences_to_one_reference_are_found_more_easily_than_by_holms_correction() -> None:
    random, of_holm, found = np.random.default_rng(0), 0.0, 0.0
    for number in range(5):
        scores = probit_board(random, [0.3, *np.linspace(0.3, 0.5, 20)])
        tables = [Table.of(one) for one in scores]
        by_cluster = cluster_deviations(tables, resamples=2000, seed=number)
        pairs = pairwise(tables, by_cluster, resampling=Resampling(resamples=2000, seed=number))
        to_first = [one for (i, _), one in pairs.items() if i == 0]
        found += sum(step_down(to_first))
        of_holm += sum(p or 0.0 for p in holm([2 * NormalDist().cdf(-abs(one.statistic)) for one in to_first]))
    assert found < 0.95 * of_holm


def test_a_pair_of_nothing_does_not_count_and_order_is_kept() -> None:
    scores = probit_board(np.random.default_rng(0), [0.5, 0.9, 0.5])
    judged = judged_together([None, (scores[1], scores[0]), (scores[2], scores[0])], resampling=Resampling())
    assert judged[0] is None
    assert judged[1] is not None
    assert judged[1].p_adjusted is not None
    assert judged[1].p_adjusted < 0.05
    assert judged[1].difference.value > 0.2
