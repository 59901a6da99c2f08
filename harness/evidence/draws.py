"""The draws of the bootstrap: scores by seed and cluster, and how far resampled metrics lie from the value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from harness.evidence.item_scores import Floats, ItemScores

_CHUNK = 1000  # resamples at a time, which bounds memory for suites with many clusters
_POINT = 1e-12  # a bootstrap distribution narrower than this has no spread


@dataclass(frozen=True)
class Part:
    """The resampling of seeds alone, or of clusters alone."""

    deviations: Floats
    """(resamples,): resampled metric minus metric."""
    units: int
    """The number of seeds or clusters to draw from."""


@dataclass(frozen=True)
class Table:
    """The scores of one recipe, summed up as the bootstrap needs them."""

    sums: Floats
    """(groups, seeds, clusters): sum of scores."""
    counts: Floats
    """(groups, clusters): number of items."""

    @classmethod
    def of(cls, scores: ItemScores) -> Table:
        """Sum the scores by group, seed and cluster."""
        groups, group_of = np.unique(np.array(scores.groups), return_inverse=True)
        clusters, cluster_of = np.unique(np.array(scores.clusters), return_inverse=True)
        cell = group_of * len(clusters) + cluster_of
        size = len(groups) * len(clusters)
        sums = np.array([np.bincount(cell, weights=row, minlength=size) for row in scores.correct], dtype=float)
        counts = np.bincount(cell, minlength=size).astype(float)
        return cls(
            sums=sums.reshape(scores.seeds, len(groups), len(clusters)).transpose(1, 0, 2),
            counts=counts.reshape(len(groups), len(clusters)),
        )

    @property
    def seeds(self) -> int:
        """Number of training seeds."""
        return int(self.sums.shape[1])

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return int(self.counts.shape[1])

    @property
    def rates(self) -> Floats:
        """(groups,): mean score of each group over seeds and items."""
        return np.asarray(self.sums.mean(axis=1).sum(axis=1) / self.counts.sum(axis=1))

    @property
    def rates_by_seed(self) -> Floats:
        """(seeds,): the metric for each seed."""
        return np.asarray((self.sums.sum(axis=2) / self.counts.sum(axis=1)[:, None]).mean(axis=0))

    @property
    def clusters_by_group(self) -> list[int]:
        """(groups,): number of clusters with an item of the group."""
        return [int(found) for found in (self.counts > 0).sum(axis=1)]


def cluster_deviations(tables: Sequence[Table], *, resamples: int, seed: int) -> Floats:
    """(tables, resamples): the metric of resampled clusters minus the metric. All tables share the draws."""
    weights = _weights(tables[0].clusters, resamples, (seed, 0))
    # one matrix product for all tables: one product per table would take ten times as long
    columns = np.ascontiguousarray(np.vstack([part for t in tables for part in (t.sums.mean(axis=1), t.counts)]).T)
    found = np.empty((len(tables), resamples))
    for start in range(0, resamples, _CHUNK):
        resampled = np.split(weights[start : start + _CHUNK].astype(float) @ columns, 2 * len(tables), axis=1)
        for i, table in enumerate(tables):
            totals, counts = resampled[2 * i], resampled[2 * i + 1]
            # a rare class may be missing from a resample: then the mean is over the classes present
            rates = np.divide(totals, counts, out=np.zeros_like(totals), where=counts > 0)
            metric = rates.sum(axis=1) / (counts > 0).sum(axis=1)
            found[i, start : start + _CHUNK] = metric - table.rates.mean()
    return found


def seed_deviations(table: Table, *, resamples: int, seed: int, stream: int) -> Floats:
    """(resamples,): the metric of resampled seeds minus the metric; zeros for one seed.

    Draws with different `stream` are independent; stream 0 draws the clusters.
    """
    by_seed = table.rates_by_seed
    weights = _weights(len(by_seed), resamples, (seed, stream)).astype(float)
    return np.asarray(weights @ by_seed / weights.sum(axis=1) - by_seed.mean())


@dataclass(frozen=True)
class Spread:
    """The bootstrap distribution of a figure around its value."""

    deviations: Floats
    """(resamples,): resampled value minus value, with the tails of Student's t."""
    error: float
    """Standard error."""
    df: float
    """Degrees of freedom of the squared standard error."""


def spread_of(parts: Sequence[Part], *, seed: int) -> Spread | None:
    """The spread of the sum of the parts; null if all resamples are equal."""
    deviations = np.sum([part.deviations for part in parts], axis=0)
    if np.ptp(deviations) <= _POINT:
        return None
    df = _freedom(parts)
    factors = student_over_normal(df, resamples=len(deviations), seed=seed, stream=3)
    return Spread(deviations * factors, error=float(deviations.std(ddof=1)), df=df)


def student_over_normal(df: float, *, resamples: int, seed: int, stream: int) -> Floats:
    """(resamples,): random factors that turn a normal variable into Student's t with `df` degrees of freedom."""
    random = np.random.default_rng((seed, stream))
    return np.asarray(np.sqrt(df / random.chisquare(df, resamples)))


def _freedom(parts: Sequence[Part]) -> float:
    """Degrees of freedom of the sum of the parts' variances (Satterthwaite 1946)."""
    variances = np.array([part.deviations.var() for part in parts if part.units > 1])
    each = np.array([part.units - 1 for part in parts if part.units > 1])
    return float(variances.sum() ** 2 / (variances**2 / each).sum())


@lru_cache(maxsize=8)
def _weights(units: int, resamples: int, seed: tuple[int, int]) -> NDArray[np.uint8]:
    """(resamples, units): how often each unit is drawn when units - 1 are drawn with replacement.

    A single unit is drawn once. The result is cached, because all recipes of a board share their items. One byte per
    count is enough: no unit is drawn 256 times.
    """
    if units == 1:
        return np.ones((resamples, 1), dtype=np.uint8)
    random = np.random.default_rng(seed)
    weights = np.empty((resamples, units), dtype=np.uint8)
    for start in range(0, resamples, _CHUNK):
        rows = min(_CHUNK, resamples - start)
        drawn = random.integers(units, size=(rows, units - 1)) + np.arange(rows)[:, None] * units
        weights[start : start + rows] = np.bincount(drawn.ravel(), minlength=rows * units).reshape(rows, units)
    weights.flags.writeable = False
    return weights
