"""Which arms cannot be told from the best, and the cheapest of them.

score      .75   .73   .70   .45                .73 and .70 cannot be told from the best,
best?      yes   yes   yes   no                 so the cheapest of the three is the choice
cost       9     7     1     1
                       ^
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.advice.evidence.arm import Arm
from harness.evidence.ranking import ranks
from harness.evidence.resampling import Estimate, Resampling, difference_interval


@dataclass(frozen=True)
class Order:
    """The arms that were compared, in the order in which the advice prefers them."""

    best: Arm
    """Highest score of all that were compared."""
    tied: tuple[Arm, ...]
    """Arms that count as good as the best, the best included: cheapest first. They cannot be told from it."""
    behind: tuple[Arm, ...]
    """Surely behind the best, by falling score."""
    apart: tuple[Arm, ...]
    """Not compared item by item with the best: other items, or no items on this disk."""
    margin: float | None = None
    """Set where scores are expectations: `tied` are at most this far behind the best (fraction), `behind` are more."""


def ordered(arms: Sequence[Arm], resampling: Resampling) -> Order | None:
    """The order of the arms of one domain; null without arms.

    With the scores of items it is the model confidence set over these arms (`harness/evidence/best_set.py`). Without
    them it is the board's own set; if no arm of that set is left, arms whose interval overlaps that of the best.
    """
    if not arms:
        return None
    by_score = by_falling_score(arms)
    compared = _same_items(by_score)
    if not compared:
        return _from_board(by_score)
    places = ranks([arm.items for arm in compared if arm.items], resampling=resampling)
    tied = [arm for arm, place in zip(compared, places, strict=True) if place.may_be_best]
    return Order(
        best=compared[0],
        tied=tuple(sorted(tied, key=cheapness)),
        behind=tuple(arm for arm in compared if arm not in tied),
        apart=tuple(arm for arm in by_score if arm not in compared),
    )


def cheapness(arm: Arm) -> tuple[bool, float, float, str]:
    """Sorts arms: known costs first and low ones first, then high scores."""
    return (arm.cost is None, arm.cost or 0.0, -arm.score, arm.recipe_id)


def by_falling_score(arms: Sequence[Arm]) -> list[Arm]:
    """The arms, the highest score first."""
    return sorted(arms, key=lambda arm: (-arm.score, arm.recipe_id))


def lag(best: Arm, arm: Arm, resampling: Resampling) -> Estimate | None:
    """How far the best is ahead, paired by item; null without items."""
    if best.items is None or arm.items is None or best is arm:
        return None
    return difference_interval(best.items, arm.items, resampling=resampling)


def _same_items(arms: Sequence[Arm]) -> list[Arm]:
    """The largest group of arms that answered the same items."""
    groups: dict[frozenset[str], list[Arm]] = {}
    for arm in arms:
        if arm.items is not None:
            groups.setdefault(frozenset(arm.items.items), []).append(arm)
    return max(groups.values(), key=len, default=[])


def _from_board(arms: Sequence[Arm]) -> Order:
    best = arms[0]
    tied = [arm for arm in arms if arm is best or (arm.may_be_best if best.may_be_best else _overlap(best, arm))]
    behind = tuple(arm for arm in arms if arm not in tied)
    return Order(best, tuple(sorted(tied, key=cheapness)), behind, ())


def _overlap(best: Arm, arm: Arm) -> bool:
    return best.low is None or arm.high is None or arm.high >= best.low
