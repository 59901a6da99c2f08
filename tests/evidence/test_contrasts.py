from __future__ import annotations

import numpy as np
import pytest

from harness.evidence.contrasts import SeedNoise, effective_clusters, pairwise
from harness.evidence.draws import Table, cluster_deviations
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Resampling
from tests.evidence.scores_factory import coin, probit_board, table

RESAMPLING = Resampling(resamples=2000)


def contrasts(scores: list[ItemScores]) -> list[tuple[float, float]]:
    """Statistic and standard deviation of the draws, pair by pair."""
    tables = [Table.of(one) for one in scores]
    by_cluster = cluster_deviations(tables, resamples=2000, seed=0)
    found = pairwise(tables, by_cluster, resampling=RESAMPLING).values()
    return [(one.statistic, float(one.draws.std())) for one in found]


def test_the_statistic_of_independent_items_is_the_paired_z() -> None:
    left, right = coin((1, 600), 0.6, 1), coin((1, 600), 0.5, 2)
    difference = left[0] - right[0]
    ((statistic, spread),) = contrasts([table(left), table(right)])
    assert statistic == pytest.approx(difference.mean() / (difference.std(ddof=1) / 600**0.5), rel=0.05)
    assert spread == pytest.approx(1.0, abs=0.05)


def test_equal_answers_differ_in_nothing() -> None:
    same = table(coin((1, 90), 0.6))
    assert contrasts([same, same]) == [(0.0, 0.0)]


def test_all_right_against_all_wrong_is_a_certain_difference() -> None:
    ((statistic, spread),) = contrasts([table(np.ones((1, 80))), table(np.zeros((1, 80)))])
    assert statistic > 6
    assert spread == 0.0


def test_equal_clusters_count_fully_and_unequal_ones_less() -> None:
    equal = Table.of(table(coin((1, 90), 0.5), per_cluster=3))
    assert effective_clusters(equal) == pytest.approx(30)
    (unequal,) = probit_board(np.random.default_rng(0), [0.6])
    assert 119 / 4 < effective_clusters(Table.of(unequal)) < 119 / 2


def seeds(*means: float) -> Table:
    """One recipe whose seeds answer these shares of 100 items."""
    return Table.of(table(np.array([(np.arange(100) < 100 * mean).astype(float) for mean in means])))


def test_seeds_that_agree_by_chance_get_the_typical_noise() -> None:
    alike, usual = seeds(0.70, 0.70, 0.71), [seeds(0.6, 0.7, 0.8), seeds(0.5, 0.6, 0.7), seeds(0.4, 0.5, 0.6)]
    noise = SeedNoise.of([alike, *usual])
    assert noise.variance(alike) == pytest.approx(0.01 / np.log(2) / 3)  # the median of chi-squared with 2 df is 2 ln 2
    assert noise.df == 8


def test_seeds_that_differ_wildly_keep_their_own_noise() -> None:
    wild, usual = seeds(0.0, 0.5, 1.0), [seeds(0.68, 0.7, 0.72)] * 4
    assert SeedNoise.of([wild, *usual]).variance(wild) == pytest.approx(0.25 / 3)


def test_one_seed_and_seeds_that_never_differ_have_no_noise() -> None:
    noise = SeedNoise.of([seeds(0.6, 0.7, 0.8), seeds(0.5), seeds(0.4, 0.4, 0.4)])
    assert noise.variance(seeds(0.5)) == 0.0
    assert noise.variance(seeds(0.4, 0.4, 0.4)) == 0.0
    assert SeedNoise.of([seeds(0.5)]).variance(seeds(0.5)) == 0.0
