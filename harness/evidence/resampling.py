"""Intervals by a two-way bootstrap: training seeds and clusters of items are resampled.

               cluster 1   cluster 2   cluster 3 ...   mean
    seed 0      sum, n      sum, n      sum, n         .71   1   <- how often drawn: seeds
    seed 1      sum, n      sum, n      sum, n         .69   0
    seed 2      sum, n      sum, n      sum, n         .74   1
    mean        .9          .4          .8             .71 = the value
    drawn       2           0           1      ...           <- clusters, with all their items, for every seed

One resample = value + t x ((resampled clusters - value) + (resampled seeds - value)).

Why so: answers to items of one origin are not independent (Miller 2024, arXiv 2411.00640), and a claim about
a method must hold for seeds that were not run.
- The two deviations are added. That counts the noise peculiar to one seed *and* one cluster twice, so intervals over
  several seeds are a little too wide rather than too narrow; resampling the table cell by cell would count it about
  three times (Owen 2007, doi 10.1214/07-AOAS122).
- Of m seeds or clusters m - 1 are drawn, which makes the variance unbiased also for three seeds (Rao & Wu 1988);
  drawing m would make it a third too small.
- t spreads each resample as Student's t does against the normal, with Satterthwaite's degrees of freedom: where the
  spread comes mostly from two or three seeds, nobody knows it well, and 2.5 % tails must be further out.
- With one seed only clusters are resampled: the interval is about that checkpoint, not about the method.
tests/evidence/test_resampling.py measures the coverage.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from harness.evidence.item_scores import Floats, ItemScores, paired
from harness.evidence.wilson import mean_of_proportions, z_of

_CHUNK = 1000  # resamples at a time: bounds memory for suites with many clusters
_POINT = 1e-12  # a bootstrap distribution narrower than this is a point


@dataclass(frozen=True)
class Resampling:
    """How intervals are taken."""

    confidence: float = 0.95
    resamples: int = 10_000
    seed: int = 0


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; `low`, `high` and `standard_error` are null where one cluster is all there is."""

    value: float
    low: float | None
    high: float | None
    standard_error: float | None
    n: int
    """Items."""
    clusters: int
    """Independent groups of items: what the width of the interval depends on."""


def score_interval(scores: ItemScores, *, resampling: Resampling) -> Estimate:
    """The metric of one recipe with its percentile interval.

    If the bootstrap has no spread (all right, all wrong), Wilson's interval with clusters as trials.
    """
    table = _Table.of(scores)
    if table.clusters < 2:
        return Estimate(scores.value, None, None, None, n=scores.n, clusters=table.clusters)
    parts = [
        _Part(_cluster_deviations([table], resampling)[0], units=table.clusters),
        _Part(_seed_deviations(table, resampling, stream=1), units=table.seeds),
    ]
    estimate = _percentiles(scores.value, parts, table, resampling=resampling, limits=(0, 1))
    if estimate:
        return estimate
    proportions = list(zip(table.rates.tolist(), table.clusters_by_group, strict=True))
    low, high = mean_of_proportions(proportions, confidence=resampling.confidence)
    return _bounds(scores.value, low, high, table, resampling=resampling)


def difference_interval(scores: ItemScores, reference: ItemScores, *, resampling: Resampling) -> Estimate:
    """`scores` minus `reference`, paired by item.

    Both see the same resampled clusters; seeds are drawn for each by itself, so a reference with one seed
    (a deterministic baseline) is paired with every seed of the other. If the bootstrap has no spread (the same
    difference on every item), the bounds are the share of clusters that may still behave otherwise: Wilson's
    bound for none seen.

    Raises:
        DataError: the two have no item in common or saw other data.
    """
    left, right = paired(scores, reference)
    value = left.value - right.value
    tables = [_Table.of(left), _Table.of(right)]
    if tables[0].clusters < 2:
        return Estimate(value, None, None, None, n=left.n, clusters=tables[0].clusters)
    by_cluster = _cluster_deviations(tables, resampling)
    parts = [
        _Part(by_cluster[0] - by_cluster[1], units=tables[0].clusters),
        _Part(_seed_deviations(tables[0], resampling, stream=1), units=tables[0].seeds),
        _Part(-_seed_deviations(tables[1], resampling, stream=2), units=tables[1].seeds),
    ]
    estimate = _percentiles(value, parts, tables[0], resampling=resampling, limits=(-1, 1))
    if estimate:
        return estimate
    none_seen = [(0.0, clusters) for clusters in tables[0].clusters_by_group]
    share = mean_of_proportions(none_seen, confidence=resampling.confidence)[1]
    return _bounds(value, max(-1.0, value - share), min(1.0, value + share), tables[0], resampling=resampling)


@dataclass(frozen=True)
class _Part:
    """One direction of the resampling."""

    deviations: Floats
    """(resamples,)."""
    units: int
    """How many seeds or clusters there are to draw from."""


@dataclass(frozen=True)
class _Table:
    """All that the bootstrap needs of the items."""

    sums: Floats
    """(groups, seeds, clusters): sum of scores."""
    counts: Floats
    """(groups, clusters): number of items."""

    @classmethod
    def of(cls, scores: ItemScores) -> _Table:
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
        return int(self.sums.shape[1])

    @property
    def clusters(self) -> int:
        return int(self.counts.shape[1])

    @property
    def rates(self) -> Floats:
        """(groups,): mean score of each, over seeds and items."""
        return np.asarray(self.sums.mean(axis=1).sum(axis=1) / self.counts.sum(axis=1))

    @property
    def rates_by_seed(self) -> Floats:
        """(seeds,): the metric of each seed."""
        return np.asarray((self.sums.sum(axis=2) / self.counts.sum(axis=1)[:, None]).mean(axis=0))

    @property
    def clusters_by_group(self) -> list[int]:
        """(groups,): clusters that have an item of it."""
        return [int(found) for found in (self.counts > 0).sum(axis=1)]


def _cluster_deviations(tables: list[_Table], resampling: Resampling) -> Floats:
    """(tables, resamples): the metric of resampled clusters minus the metric; the same draws for all."""
    weights = _weights(tables[0].clusters, resampling.resamples, (resampling.seed, 0))
    # one product for all: as many small ones would take ten times as long
    columns = np.ascontiguousarray(np.vstack([part for t in tables for part in (t.sums.mean(axis=1), t.counts)]).T)
    found = np.empty((len(tables), resampling.resamples))
    for start in range(0, resampling.resamples, _CHUNK):
        resampled = np.split(weights[start : start + _CHUNK].astype(float) @ columns, 2 * len(tables), axis=1)
        for i, table in enumerate(tables):
            totals, counts = resampled[2 * i], resampled[2 * i + 1]
            # a rare class may be missing from a resample: the mean is over the classes that are there
            rates = np.divide(totals, counts, out=np.zeros_like(totals), where=counts > 0)
            metric = rates.sum(axis=1) / (counts > 0).sum(axis=1)
            found[i, start : start + _CHUNK] = metric - table.rates.mean()
    return found


def _seed_deviations(table: _Table, resampling: Resampling, *, stream: int) -> Floats:
    """(resamples,): the metric of resampled seeds minus the metric; zeros for one seed."""
    by_seed = table.rates_by_seed
    weights = _weights(len(by_seed), resampling.resamples, (resampling.seed, stream)).astype(float)
    return np.asarray(weights @ by_seed / weights.sum(axis=1) - by_seed.mean())


@lru_cache(maxsize=8)
def _weights(units: int, resamples: int, seed: tuple[int, int]) -> NDArray[np.uint8]:
    """(resamples, units): how often each unit is drawn when units - 1 are drawn with replacement; all once if alone.

    Cached, because all recipes of a board share their items. A byte is enough: nothing is drawn 256 times.
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


def _percentiles(
    value: float, parts: list[_Part], table: _Table, *, resampling: Resampling, limits: tuple[float, float]
) -> Estimate | None:
    """The interval of the sum of the parts, or null if they have no spread."""
    deviations = np.sum([part.deviations for part in parts], axis=0)
    if np.ptp(deviations) <= _POINT:
        return None
    tail = (1 - resampling.confidence) / 2
    draws = value + deviations * _student_over_normal(parts, resampling)
    low, high = (float(bound) for bound in np.quantile(draws, [tail, 1 - tail]).clip(*limits))
    error = float(deviations.std(ddof=1))
    return Estimate(value, low, high, error, n=int(table.counts.sum()), clusters=table.clusters)


def _student_over_normal(parts: list[_Part], resampling: Resampling) -> Floats:
    """(resamples,): random factors that turn a normal variable into Student's t (Satterthwaite 1946)."""
    variances = np.array([part.deviations.var() for part in parts if part.units > 1])
    freedom = np.array([part.units - 1 for part in parts if part.units > 1])
    df = variances.sum() ** 2 / (variances**2 / freedom).sum()
    random = np.random.default_rng((resampling.seed, 3))
    return np.asarray(np.sqrt(df / random.chisquare(df, resampling.resamples)))


def _bounds(value: float, low: float, high: float, table: _Table, *, resampling: Resampling) -> Estimate:
    error = (high - low) / (2 * z_of(resampling.confidence))
    return Estimate(value, low, high, error, n=int(table.counts.sum()), clusters=table.clusters)
