"""Several paired differences judged together: each with its interval and a p-value adjusted for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.evidence.contrasts import Contrast, SeedNoise, contrast
from harness.evidence.draws import Table, cluster_deviations
from harness.evidence.item_scores import ItemScores, paired
from harness.evidence.resampling import Estimate, Resampling, difference_interval
from harness.evidence.step_down import step_down


@dataclass(frozen=True)
class Judged:
    """One difference of a family."""

    difference: Estimate
    """Left minus right, paired by item."""
    p_adjusted: float | None
    """Adjusted for the whole family, never below the p-value of the difference alone; null for a single cluster."""


def judged_together(
    pairs: Sequence[tuple[ItemScores, ItemScores] | None], *, resampling: Resampling
) -> list[Judged | None]:
    """The differences in the order given; a null pair is not compared and does not count.

    If no pair had a true difference, the chance that even one adjusted p-value is below alpha is alpha
    (`step_down`). Pairs may differ in their items. Pairs with equal clusters share the drawn clusters, and pairs with
    a common side share its seeds.

    Raises:
        DataError: a pair has no item in common, or was scored on different data.
    """
    found = [None if pair is None else difference_interval(*pair, resampling=resampling) for pair in pairs]
    tested = [i for i, one in enumerate(found) if one is not None and one.p_value is not None]
    contrasts = _contrasts([pair for i in tested if (pair := pairs[i])], resampling)
    adjusted = dict(zip(tested, step_down(contrasts), strict=True))
    return [None if one is None else Judged(one, _at_least(one, adjusted.get(i))) for i, one in enumerate(found)]


def _contrasts(pairs: Sequence[tuple[ItemScores, ItemScores]], resampling: Resampling) -> list[Contrast]:
    numbers: dict[int, int] = {}  # one for each recipe, by which its seeds are drawn
    sides = []
    for pair in pairs:
        tables = map(Table.of, paired(*pair))
        sides.append(
            [(numbers.setdefault(id(scores), len(numbers)), t) for scores, t in zip(pair, tables, strict=True)]
        )
    noise = SeedNoise.of(list(dict(side for left_and_right in sides for side in left_and_right).values()))
    found = []
    for left, right in sides:
        by_cluster = cluster_deviations([left[1], right[1]], resamples=resampling.resamples, seed=resampling.seed)
        difference = by_cluster[0] - by_cluster[1]
        found.append(contrast(left, right, by_cluster=difference, noise=noise, resampling=resampling))
    return found


def _at_least(one: Estimate, adjusted: float | None) -> float | None:
    return None if adjusted is None or one.p_value is None else max(adjusted, one.p_value)
