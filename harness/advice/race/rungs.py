"""The rules of a race, apart from training: how many examples each stage has, and who goes on.

    examples    64      128     256     512
    recipes     8 --->  5 --->  3 --->  2 ---> choice
                 `- clearly behind on validation items, or too dear for what is left of the budget

Successive halving (Jamieson & Talwalkar 2016, arXiv 1502.07943) drops the lower half at every stage. Here a recipe is
dropped for its score only if it is surely behind: outside the model confidence set of the recipes still in the race, by
a bootstrap of clusters in which all recipes answer the same items. Recipes whose curves cross late stay in longer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.evidence.item_scores import ItemScores
from harness.evidence.ranking import Rank, ranks
from harness.evidence.resampling import Resampling

ETA = 2
"""Each stage has this many times the examples of the one before."""
SMALLEST = 64
"""Examples of the first stage: a low-resource recipe's own budget. Fewer would race luck of the draw."""


@dataclass(frozen=True)
class Result:
    """One recipe trained with some examples and asked on validation items."""

    recipe_id: str
    examples: int
    seconds: float
    """Wall time of training and scoring."""
    items: ItemScores | None = None
    failed: str | None = None
    """Why there is no score."""

    @property
    def value(self) -> float | None:
        """The score that ranks."""
        return self.items.value if self.items else None


@dataclass(frozen=True)
class Standing:
    """The recipes of one stage after it, by falling score."""

    stays: tuple[str, ...]
    dropped: Mapping[str, str]
    """Recipe -> why it is out."""
    chance: Mapping[str, float | None]
    """Recipe -> share of resamples in which it has the highest score."""


def stages(largest: int, *, smallest: int = SMALLEST) -> list[int]:
    """Examples of each stage, ascending; the last is the board's budget: 64, 128, 256, 512."""
    found = [largest]
    while found[0] // ETA >= smallest:
        found.insert(0, found[0] // ETA)
    return found


def standing(results: Sequence[Result], resampling: Resampling) -> Standing:
    """Who stays after a stage.

    Raises:
        DataError: recipes answered different items.
    """
    dropped = {one.recipe_id: f"failed: {one.failed}" for one in results if one.items is None}
    scored = sorted((one for one in results if one.items), key=lambda one: (-(one.value or 0.0), one.recipe_id))
    places = ranks([one.items for one in scored if one.items], resampling=resampling)
    best = scored[0] if scored else None
    for one, place in zip(scored, places, strict=True):
        if not place.may_be_best and best:
            dropped[one.recipe_id] = f"clearly behind {best.recipe_id} with {one.examples} examples"
    stays = tuple(one.recipe_id for one in scored if one.recipe_id not in dropped)
    return Standing(stays, dropped, {one.recipe_id: _chance(place) for one, place in zip(scored, places, strict=True)})


def _chance(place: Rank) -> float | None:
    return place.best


def affordable(stays: Sequence[str], seconds: Mapping[str, float], *, left: float) -> int:
    """How many of the recipes, from the first on, the budget that is left can pay for in the next stage.

    Args:
        stays: recipes by falling score.
        seconds: what each is expected to take.
        left: of the budget, in seconds.
    """
    spent = 0.0
    for place, recipe in enumerate(stays):
        spent += seconds[recipe]
        if spent > left:
            return place
    return len(stays)
