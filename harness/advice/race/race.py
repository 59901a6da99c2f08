"""The race itself: stage after stage until one recipe is left, the last stage is done, or the budget is spent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from harness.advice.race.rungs import Result, Standing, affordable, standing
from harness.advice.race.state import RaceState
from harness.errors import DataError
from harness.evidence.resampling import Resampling


class Scorer(Protocol):
    """Trains and asks recipes."""

    def made_from(self, recipe_id: str, examples: int) -> str:
        """Hash of code, settings and data behind a result."""

    def measure(self, recipe_id: str, examples: int) -> Result:
        """Train the recipe with so many examples and ask it the validation items."""


@dataclass(frozen=True)
class Outcome:
    """How the race ended."""

    choice: str
    value: float
    """Its score on validation items after the last stage that it ran. It is the best of several: slightly too high."""
    chance: float | None
    """Share of resamples in which it has the highest score among the recipes of that stage; null: one cluster."""
    tied: tuple[str, ...]
    """Recipes of the last stage that cannot be told from the best, by falling score."""
    examples: int
    """Examples of the last stage."""
    spent: float
    """Seconds, those of earlier parts of an interrupted race included."""
    complete: bool
    """The last stage had the board's budget; else the budget of the race ended it earlier."""
    dropped: dict[str, str] = field(default_factory=dict)
    """Recipe -> why it is out, in the order in which they left."""
    results: tuple[Result, ...] = ()
    """In the order in which they were measured."""


Tell = Callable[[Result, bool], None]
"""Called for each result, and whether it was there before."""


def race(
    recipes: Sequence[str],
    examples: Sequence[int],
    scorer: Scorer,
    state: RaceState,
    *,
    budget: float,
    resampling: Resampling,
    tell: Tell,
) -> Outcome:
    """Run the race.

    Results in `state` are not measured again; their seconds count as spent. All decisions follow from results, so a
    race that goes on after a kill ends as it would have without.

    Args:
        recipes: who starts.
        examples: of each stage, ascending.
        scorer: trains and asks.
        state: results that are there already.
        budget: seconds.
        resampling: of the comparisons.
        tell: reports progress.

    Raises:
        DataError: no recipe has a score, or the budget is spent before the first stage is done.
    """
    running = _Race(scorer, state, budget, tell)
    left, last, dropped = list(recipes), None, dict[str, str]()
    for place, count in enumerate(examples):
        if last is not None:
            ahead = running.foreseen(left, count, times=count / examples[place - 1])
            keep = affordable(left, ahead, left=budget - running.spent)
            if keep < min(len(left), 2):
                break
            dropped |= dict.fromkeys(left[keep:], f"the budget is too small for it with {count} examples")
            left = left[:keep]
        results = running.stage(left, count, first=last is None)
        found = standing(results, resampling)
        if not found.stays:
            raise DataError(f"no recipe has a score with {count} examples", hint="; ".join(found.dropped.values()))
        last, dropped, left = (count, found), dropped | dict(found.dropped), list(found.stays)
        if len(left) == 1:
            break
    assert last is not None  # `examples` is not empty
    return _outcome(running, last, dropped, complete=last[0] == examples[-1])


class _Race:
    """What was measured and spent so far."""

    def __init__(self, scorer: Scorer, state: RaceState, budget: float, tell: Tell) -> None:
        self.scorer, self.state, self.budget, self.tell = scorer, state, budget, tell
        self.results: list[Result] = []
        self.seconds: dict[tuple[str, str], float] = {}  # by recipe and what its result was made from: paid once
        self.latest: dict[str, float] = {}  # of each recipe

    @property
    def spent(self) -> float:
        return sum(self.seconds.values())

    def foreseen(self, recipes: Sequence[str], examples: int, *, times: float) -> dict[str, float]:
        """Seconds that a stage will take. A recipe that caps its examples has its result already."""
        paid = {recipe: (recipe, self.scorer.made_from(recipe, examples)) in self.seconds for recipe in recipes}
        return {recipe: 0.0 if paid[recipe] else self.latest[recipe] * times for recipe in recipes}

    def stage(self, recipes: Sequence[str], examples: int, *, first: bool) -> list[Result]:
        found = list[Result]()
        for recipe in recipes:
            if first and self.spent >= self.budget:
                raise DataError(
                    f"the budget is spent after {len(found)} of {len(recipes)} recipes of the first stage",
                    hint="give a larger --budget, or fewer --methods; what was measured is kept",
                )
            found.append(self._one(recipe, examples))
        return found

    def _one(self, recipe: str, examples: int) -> Result:
        made_from = self.scorer.made_from(recipe, examples)
        earlier = self.state.get(recipe, made_from)
        result = replace(earlier or self.scorer.measure(recipe, examples), examples=examples)
        if earlier is None:
            self.state.put(result, made_from=made_from)
        self.results.append(result)
        self.seconds[recipe, made_from] = self.latest[recipe] = result.seconds
        self.tell(result, earlier is not None)
        return result


def _outcome(running: _Race, last: tuple[int, Standing], dropped: dict[str, str], *, complete: bool) -> Outcome:
    examples, found = last
    choice = found.stays[0]
    value = next(
        one.value for one in running.results if (one.recipe_id, one.examples) == (choice, examples) and one.items
    )
    assert value is not None
    return Outcome(
        choice=choice,
        value=value,
        chance=found.chance[choice],
        tied=found.stays,
        examples=examples,
        spent=running.spent,
        complete=complete,
        dropped=dropped,
        results=tuple(running.results),
    )
