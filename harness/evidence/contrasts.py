"""Differences of two recipes in a form that lets many of them be judged together.

Each difference becomes a statistic, which is standard normal if the recipes are equally good, and its resamples on the
same scale. Resamples of one board share the drawn clusters, so the resamples of two differences show how far the two
vary together: recipes that fail on the same items do. Corrections that use this (`step_down.py`, `best_set.py`) find
more than corrections that must hold whatever the dependence.

Two refinements make the error rates hold in simulation (tests/evidence/test_families_of_differences.py):
- Clusters of unequal size count as fewer clusters (`effective_clusters`).
- Three seeds say little about how far a recipe's seeds differ. Each recipe's variance between seeds is therefore
  at least the typical one of all recipes that are judged together (`SeedNoise`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from harness.evidence import p_value
from harness.evidence.draws import Table
from harness.evidence.item_scores import Floats
from harness.evidence.resampling import Resampling

_NO_SPREAD = 1e-12
_SMALLEST = 1e-300  # smaller probabilities would become infinite statistics
_STREAM = 1000  # random streams below this belong to the intervals


@dataclass(frozen=True)
class Contrast:
    """One difference, left minus right."""

    statistic: float
    """Standard normal if there is no true difference; above 0 if left scores higher."""
    draws: Floats
    """(resamples,): the statistic of resampled data around the measured difference."""


@dataclass(frozen=True)
class SeedNoise:
    """How far the mean over seeds lies from the mean over all seeds that could have been run."""

    typical: float
    """Median of the recipes' variances between single seeds, corrected to estimate their mean; 0 without seeds."""
    df: float
    """Degrees of freedom of all these variances together."""

    @classmethod
    def of(cls, tables: Sequence[Table]) -> SeedNoise:
        """Pooled over recipes with several seeds that are not all equal."""
        from scipy.stats import chi2

        seeds = [(table.seeds - 1, _between_seeds(table)) for table in tables if _between_seeds(table) > 0]
        if not seeds:
            return cls(0.0, 1.0)
        corrected = [variance * df / float(chi2.median(df)) for df, variance in seeds]
        return cls(float(np.median(corrected)), float(sum(df for df, _ in seeds)))

    def variance(self, table: Table) -> float:
        """Of the mean over the recipe's seeds; 0 for one seed, and for seeds that are all equal."""
        own = _between_seeds(table)
        return max(own, self.typical) / table.seeds if own > 0 else 0.0


def contrast(
    left: tuple[int, Table], right: tuple[int, Table], *, by_cluster: Floats, noise: SeedNoise, resampling: Resampling
) -> Contrast:
    """The contrast of two recipes on the same items.

    Args:
        left: number of the recipe, and its table. Equal numbers share the drawn seeds.
        right: the same for the other recipe.
        by_cluster: (resamples,), deviation of the difference when clusters are resampled.
        noise: of all recipes that are judged together.
        resampling: number and seed of the resamples.
    """
    table = left[1]
    value = float(table.rates.mean() - right[1].rates.mean())
    clusters = effective_clusters(table)
    scale = clusters / (clusters - 1) * (table.clusters - 1) / table.clusters
    of_clusters = float(by_cluster.var(ddof=1)) * scale
    of_seeds = [noise.variance(side) for _, side in (left, right)]
    error = float(np.sqrt(of_clusters + sum(of_seeds)))
    if error < _NO_SPREAD:
        p = p_value.without_spread(value, table.clusters_by_group, clusters=table.clusters)
        return Contrast(_normal(value, p / 2), np.zeros(len(by_cluster)))
    draws = by_cluster * np.sqrt(scale)
    for (number, _), variance, sign in zip((left, right), of_seeds, (1, -1), strict=True):
        if variance > 0:
            draws = draws + sign * np.sqrt(variance) * _normals(number, len(by_cluster), resampling.seed)
    squares = of_clusters**2 / (clusters - 1) + sum(one**2 for one in of_seeds) / noise.df
    from scipy.special import stdtr

    return Contrast(_normal(value, float(stdtr(error**4 / squares, -abs(value) / error))), draws / error)


def pairwise(tables: Sequence[Table], by_cluster: Floats, *, resampling: Resampling) -> dict[tuple[int, int], Contrast]:
    """The contrast of each pair of recipes i < j on the same items.

    Args:
        tables: one per recipe.
        by_cluster: (recipes, resamples), deviations when clusters are resampled; all recipes share the draws.
        resampling: number and seed of the resamples.
    """
    noise = SeedNoise.of(tables)
    return {
        (i, j): contrast(
            (i, tables[i]),
            (j, tables[j]),
            by_cluster=by_cluster[i] - by_cluster[j],
            noise=noise,
            resampling=resampling,
        )
        for i, j in combinations(range(len(tables)), 2)
    }


def effective_clusters(table: Table) -> float:
    """The number of equal clusters that tell as much about a variance as these; the number itself if all are equal.

    With shares s of the items, it is 1 / sum of s^2 if items of a cluster are independent, and
    (sum of s^2)^2 / sum of s^4 if they are all alike (Satterthwaite 1946). The truth lies between: this is the mean.
    """
    share = (table.counts / table.counts.sum(axis=1, keepdims=True)).sum(axis=0)
    square = share**2
    independent, alike = share.sum() ** 2 / square.sum(), square.sum() ** 2 / (square**2).sum()
    return max(1.5, float(independent + alike) / 2)


def _between_seeds(table: Table) -> float:
    variance = float(table.rates_by_seed.var(ddof=1)) if table.seeds > 1 else 0.0
    return variance if variance > _NO_SPREAD**2 else 0.0


def _normal(value: float, tail: float) -> float:
    """The normal quantile that leaves this probability beyond it, with the sign of the difference."""
    from scipy.special import ndtri

    return float(-np.sign(value) * ndtri(max(tail, _SMALLEST)))


@lru_cache(maxsize=128)
def _normals(number: int, resamples: int, seed: int) -> Floats:
    """(resamples,): standard normal draws for the seeds of one recipe; few seeds cannot be resampled far enough."""
    found = np.random.default_rng((seed, _STREAM + number)).standard_normal(resamples)
    found.flags.writeable = False
    return found
