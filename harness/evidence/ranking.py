"""Which recipe is best, as far as these items and seeds can tell: the set of the best, rank ranges, P(best).

    score      .70    .68    .66    .45        .68 and .66 cannot be told from the best. .45 is surely behind all
    best?      yes    yes    yes    no         three, so its rank is 4. Their ranks are 1 to 3.
    ranks      1-3    1-3    1-3    4-4

Two judgements are made with the same resamples. `best_set.py` decides which recipes cannot be told from the best. For
the rank ranges, all pairs of recipes are compared and adjusted together (`step_down.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.errors import DataError
from harness.evidence.best_set import best_set_p_values
from harness.evidence.contrasts import pairwise
from harness.evidence.draws import Table, cluster_deviations, seed_deviations, student_over_normal
from harness.evidence.item_scores import Floats, ItemScores, paired
from harness.evidence.resampling import Resampling
from harness.evidence.step_down import step_down


@dataclass(frozen=True)
class Rank:
    """The place of one recipe among all."""

    may_be_best: bool
    """The recipe cannot be told from the best: it is in the confidence set of the best."""
    first: int
    """1 + the number of recipes that are surely better; 1 for recipes that may be best, at least 2 for others."""
    last: int
    """The number of recipes - the number of recipes that are surely worse; 1 for the only one that may be best."""
    best: float | None
    """Share of resamples in which the recipe has the highest score, ties shared; null for a single cluster."""


def ranks(scores: Sequence[ItemScores], *, resampling: Resampling) -> list[Rank]:
    """The place of each recipe, in the order given.

    Each of the two judgements is wrong about some recipe on at most 1 - confidence of all boards: `may_be_best` leaves
    out a recipe that is truly best, or a rank range does not hold the true rank.

    Raises:
        DataError: the recipes have not answered the same items.
    """
    if not scores:
        return []
    tables = _tables(scores)
    values = [one.value for one in scores]
    count, draws = len(scores), _Draws.of(tables, resampling)
    if tables[0].clusters < 2:
        return [Rank(True, 1, count, None)] * count
    alpha = 1 - resampling.confidence
    pairs = pairwise(tables, draws.by_cluster, resampling=resampling)
    surely = [pair for pair, p in zip(pairs, step_down(list(pairs.values())), strict=True) if p < alpha]
    better = [(i, j) if values[i] > values[j] else (j, i) for i, j in surely]  # (better, worse)
    in_set = [p >= alpha for p in best_set_p_values(values, pairs)]
    best = _best(values, draws, resampling=resampling)
    return [
        Rank(
            may_be_best=in_set[i],
            first=1 if in_set[i] else max(2, 1 + sum(worse == i for _, worse in better)),
            last=1 if in_set == [j == i for j in range(count)] else count - sum(winner == i for winner, _ in better),
            best=best[i],
        )
        for i in range(count)
    ]


@dataclass(frozen=True)
class _Draws:
    tables: Sequence[Table]
    by_cluster: Floats
    """(recipes, resamples): all recipes share the resampled clusters."""
    by_seed: list[Floats]
    """One array (resamples,) per recipe: the seeds of each recipe are drawn independently."""

    @classmethod
    def of(cls, tables: Sequence[Table], resampling: Resampling) -> _Draws:
        draw = {"resamples": resampling.resamples, "seed": resampling.seed}
        by_seed = [seed_deviations(table, **draw, stream=10 + i) for i, table in enumerate(tables)]
        return cls(tables, cluster_deviations(tables, **draw), by_seed)


def _tables(scores: Sequence[ItemScores]) -> list[Table]:
    for other in scores[1:]:
        if set(other.items) != set(scores[0].items):
            raise DataError("recipes that have not answered the same items cannot be ranked together")
    return [Table.of(paired(one, scores[0])[0].restricted_to(scores[0].items)) for one in scores]


def _best(values: Sequence[float], draws: _Draws, *, resampling: Resampling) -> list[float]:
    """The share of resamples that each recipe wins.

    The seeds of a recipe are few, so their deviations get the tails of Student's t with seeds - 1 degrees of freedom.
    """
    drawn = np.array(values)[:, None] + draws.by_cluster
    for i, table in enumerate(draws.tables):
        if table.seeds > 1:
            stream = 10 + len(values) + i
            factors = student_over_normal(
                table.seeds - 1, resamples=resampling.resamples, seed=resampling.seed, stream=stream
            )
            drawn[i] += draws.by_seed[i] * factors
    wins = drawn >= drawn.max(axis=0) - 1e-12
    return [float(share) for share in (wins / wins.sum(axis=0)).mean(axis=1)]
