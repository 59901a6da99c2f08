"""The race itself: stage after stage until one recipe is left, the last stage is done, or the budget is spent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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

    def measure(self, recipes: Iterable[str], examples: int) -> Iterator[Result]:
        """Train the recipes with so many examples and ask them the validation items; results as soon as they come.

        A recipe is taken from `recipes` only when it can start.
        """


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
        """The results of a stage: those that are there already, then the others as they come."""
        made_from = {recipe: self.scorer.made_from(recipe, examples) for recipe in recipes}
        earlier = {recipe: self.state.get(recipe, hashed) for recipe, hashed in made_from.items()}
        found = [self._noted(result, made_from, examples, before=True) for result in earlier.values() if result]

        def due() -> Iterator[str]:
            for recipe in recipes:
                if first and self.spent >= self.budget:
                    return
                if earlier[recipe] is None:
                    yield recipe

        for result in self.scorer.measure(due(), examples):
            self.state.put(result, made_from=made_from[result.recipe_id])
            found.append(self._noted(result, made_from, examples, before=False))
        if len(found) < len(recipes):
            raise DataError(
                f"the budget is spent after {len(found)} of {len(recipes)} recipes of the first stage",
                hint="give a larger --budget, or fewer --methods; what was measured is kept",
            )
        return found

    def _noted(self, result: Result, made_from: Mapping[str, str], examples: int, *, before: bool) -> Result:
        result = replace(result, examples=examples)
        recipe = result.recipe_id
        self.results.append(result)
        self.seconds[recipe, made_from[recipe]] = self.latest[recipe] = result.seconds
        self.tell(result, before)
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
