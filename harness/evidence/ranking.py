"""Which recipe is best, as far as these items and seeds can tell: tie groups and the probability of being best.

    score   .70   .68   .66   .45        a pair is apart if the p-value of its paired difference, Holm-corrected
    rank     1     1     3     4         over all pairs, is below alpha: .68 is not apart from .70, .66 is

The correction is over all pairs, not only those with the leader, because the leader was chosen by looking at the same
answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from harness.errors import DataError
from harness.evidence.draws import Part, Table, cluster_deviations, seed_deviations, spread_of, student_over_normal
from harness.evidence.holm import holm
from harness.evidence.item_scores import Floats, ItemScores, paired
from harness.evidence.resampling import Resampling, difference_p


@dataclass(frozen=True)
class Rank:
    """The rank of one recipe."""

    first: int
    """1 + the number of recipes in better groups."""
    last: int
    """first + size of the recipe's group - 1."""
    best: float | None
    """Share of resamples in which the recipe has the highest score, ties shared; null for a single cluster."""


def ranks(scores: Sequence[ItemScores], *, resampling: Resampling) -> list[Rank]:
    """The rank of each recipe, in the order given.

    The highest score opens the first group, which holds all recipes that are not apart from it; the highest score of
    the rest opens the next group. A low score with so few items that it is not apart from the best shares its rank.

    Raises:
        DataError: the recipes have not answered the same items.
    """
    if not scores:
        return []
    tables = _tables(scores)
    values = [one.value for one in scores]
    draws = _Draws.of(tables, resampling)
    apart = _apart(values, draws, resampling=resampling)
    best = _best(values, draws, resampling=resampling)
    found: list[Rank | None] = [None] * len(scores)
    left = sorted(range(len(scores)), key=lambda i: (-values[i], i))
    while left:
        group = [i for i in left if i == left[0] or frozenset((left[0], i)) not in apart]
        first = len(scores) - len(left) + 1
        for i in group:
            found[i] = Rank(first, first + len(group) - 1, best[i])
        left = [i for i in left if i not in group]
    return [rank for rank in found if rank]


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


def _apart(values: Sequence[float], draws: _Draws, *, resampling: Resampling) -> set[frozenset[int]]:
    """Pairs of recipes whose difference survives Holm's correction."""
    if draws.tables[0].clusters < 2:
        return set()
    pairs = list(combinations(range(len(values)), 2))
    found = []
    for i, j in pairs:
        parts = [
            Part(draws.by_cluster[i] - draws.by_cluster[j], units=draws.tables[i].clusters),
            Part(draws.by_seed[i], units=draws.tables[i].seeds),
            Part(-draws.by_seed[j], units=draws.tables[j].seeds),
        ]
        found.append(difference_p(values[i] - values[j], spread_of(parts, seed=resampling.seed), draws.tables[i]))
    alpha = 1 - resampling.confidence
    return {frozenset(pair) for pair, p in zip(pairs, holm(found), strict=True) if p is not None and p < alpha}


def _best(values: Sequence[float], draws: _Draws, *, resampling: Resampling) -> list[float | None]:
    """The share of resamples that each recipe wins.

    The seeds of a recipe are few, so their deviations get the tails of Student's t with seeds - 1 degrees of freedom.
    """
    if draws.tables[0].clusters < 2:
        return [None] * len(values)
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
