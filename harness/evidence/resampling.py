"""Intervals by a two-way bootstrap: training seeds and clusters of items are resampled.

               cluster 1   cluster 2   cluster 3 ...   mean
    seed 0      sum, n      sum, n      sum, n         .71   1   <- how often drawn: seeds
    seed 1      sum, n      sum, n      sum, n         .69   0
    seed 2      sum, n      sum, n      sum, n         .74   1
    mean        .9          .4          .8             .71 = the value
    drawn       2           0           1      ...           <- clusters, with all their items, for every seed

One resample = value + t x ((resampled clusters - value) + (resampled seeds - value)).

Answers to items of one origin are not independent (Miller 2024, arXiv 2411.00640), and a claim about a method must hold
for seeds that were not run. Therefore:
- The two deviations are added. This counts the noise of each pair of seed *and* cluster twice, so intervals over
  several seeds are a little too wide rather than too narrow. Resampling the table cell by cell would count it about
  three times (Owen 2007, doi 10.1214/07-AOAS122).
- Of m seeds or clusters, m - 1 are drawn, which makes the variance unbiased also for three seeds (Rao & Wu 1988).
  Drawing m would make it a third too small.
- The factor t gives each resample the tails of Student's t, with Satterthwaite's degrees of freedom: a spread that
  comes mostly from two or three seeds is itself uncertain, so the 2.5 % tails must lie further out.
- With one seed only clusters are resampled: the interval describes that checkpoint, not the method.
tests/evidence/test_coverage.py measures the coverage of intervals, test_holm.py the rate of false findings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from harness.evidence import p_value
from harness.evidence.draws import Part, Spread, Table, cluster_deviations, seed_deviations, spread_of
from harness.evidence.item_scores import ItemScores, paired
from harness.evidence.wilson import mean_of_proportions, z_of


@dataclass(frozen=True)
class Resampling:
    """How intervals are computed."""

    confidence: float = 0.95
    resamples: int = 10_000
    seed: int = 0


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; `low`, `high` and `standard_error` are null if there is only one cluster."""

    value: float
    low: float | None
    high: float | None
    standard_error: float | None
    n: int
    """Number of items."""
    clusters: int
    """Number of clusters, which are independent groups of items; the width of the interval depends on it."""
    p_value: float | None = None
    """Two-sided p-value of a difference, from the resamples of its interval; null for a score or without interval."""


def score_interval(scores: ItemScores, *, resampling: Resampling) -> Estimate:
    """The metric of one recipe with its percentile interval.

    If all resamples are equal (every answer right, or every answer wrong), it is Wilson's interval with clusters as
    trials. For a metric that is no share, it is then the value itself.
    """
    table = Table.of(scores)
    if table.clusters < 2:
        return Estimate(scores.value, None, None, None, n=scores.n, clusters=table.clusters)
    draw = {"resamples": resampling.resamples, "seed": resampling.seed}
    parts = [
        Part(cluster_deviations([table], **draw)[0], units=table.clusters),
        Part(seed_deviations(table, **draw, stream=1), units=table.seeds),
    ]
    spread = spread_of(parts, seed=resampling.seed)
    if spread:
        return _percentiles(scores.value, spread, table, resampling=resampling, limits=scores.limits)
    if scores.limits != (0.0, 1.0):
        return _bounds(scores.value, scores.value, scores.value, table, resampling=resampling)
    proportions = list(zip(table.rates.tolist(), table.clusters_by_group, strict=True))
    low, high = mean_of_proportions(proportions, confidence=resampling.confidence)
    return _bounds(scores.value, low, high, table, resampling=resampling)


def difference_interval(scores: ItemScores, reference: ItemScores, *, resampling: Resampling) -> Estimate:
    """`scores` minus `reference`, paired by item.

    Both share the resampled clusters; their seeds are drawn independently, so a reference with one seed (a
    deterministic baseline) is paired with every seed of the other. If all resamples are equal (the same difference on
    every item), the bounds come from the share of clusters that may still behave differently although none was seen:
    Wilson's bound for 0 of n. For a metric that is no share, they are then the difference itself.

    Raises:
        DataError: the two have no item in common, or were scored on different data.
    """
    left, right = paired(scores, reference)
    value = left.value - right.value
    tables = [Table.of(left), Table.of(right)]
    if tables[0].clusters < 2:
        return Estimate(value, None, None, None, n=left.n, clusters=tables[0].clusters)
    draw = {"resamples": resampling.resamples, "seed": resampling.seed}
    by_cluster = cluster_deviations(tables, **draw)
    parts = [
        Part(by_cluster[0] - by_cluster[1], units=tables[0].clusters),
        Part(seed_deviations(tables[0], **draw, stream=1), units=tables[0].seeds),
        Part(-seed_deviations(tables[1], **draw, stream=2), units=tables[1].seeds),
    ]
    spread = spread_of(parts, seed=resampling.seed)
    p = difference_p(value, spread, tables[0])
    if spread:
        lowest, highest = left.limits
        limits = (lowest - highest, highest - lowest)
        return replace(_percentiles(value, spread, tables[0], resampling=resampling, limits=limits), p_value=p)
    if left.limits != (0.0, 1.0):
        return replace(_bounds(value, value, value, tables[0], resampling=resampling), p_value=p)
    none_seen = [(0.0, clusters) for clusters in tables[0].clusters_by_group]
    share = mean_of_proportions(none_seen, confidence=resampling.confidence)[1]
    low, high = max(-1.0, value - share), min(1.0, value + share)
    return replace(_bounds(value, low, high, tables[0], resampling=resampling), p_value=p)


def difference_p(value: float, spread: Spread | None, table: Table) -> float:
    """Two-sided p-value of a paired difference; `table` is the table of either side."""
    if spread is None:
        return p_value.without_spread(value, table.clusters_by_group, clusters=table.clusters)
    return p_value.of_draws(value, value + spread.deviations, error=spread.error, df=spread.df)


def _percentiles(
    value: float, spread: Spread, table: Table, *, resampling: Resampling, limits: tuple[float, float]
) -> Estimate:
    tail = (1 - resampling.confidence) / 2
    low, high = np.quantile(value + spread.deviations, [tail, 1 - tail]).clip(*limits).tolist()
    return Estimate(value, low, high, spread.error, n=int(table.counts.sum()), clusters=table.clusters)


def _bounds(value: float, low: float, high: float, table: Table, *, resampling: Resampling) -> Estimate:
    error = (high - low) / (2 * z_of(resampling.confidence))
    return Estimate(value, low, high, error, n=int(table.counts.sum()), clusters=table.clusters)
