"""The cheapest experiment that would decide between the choice and the best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from harness.advice.evidence.arm import Arm
from harness.evidence.resampling import Estimate
from harness.evidence.wilson import z_of

POWER_Z = 0.84
"""Normal quantile of a power of 80 %."""
HOPELESS = 20.0
"""More than this many times the items: the difference is too small to matter, and nothing is proposed."""
SEEDS = 2
"""Further seeds that are proposed: with three seeds a row describes the method."""


@dataclass(frozen=True)
class Experiment:
    """What to run next."""

    commands: tuple[str, ...]
    why: str
    usd: float | None
    """Estimated money in the currency of the price table; null: a row in it was never measured here."""
    seconds: float | None


def times_the_items(difference: Estimate, *, confidence: float) -> float | None:
    """How many times the items a comparison needs to find a true difference of this size with a power of 80 %.

    Null where no number of items would: there is no difference or no standard error.
    """
    if not difference.standard_error or difference.value == 0:
        return None
    needed = abs(difference.value) / (z_of(confidence) + POWER_Z)
    return (difference.standard_error / needed) ** 2


def deciding(
    choice: Arm, best: Arm, difference: Estimate | None, *, test_items: int | None, confidence: float
) -> Experiment | None:
    """More test items where there are enough of them and they are cheaper, else two more seeds of both.

    Null where the choice is the best already, or where the difference is too small to be found.

    Args:
        choice: the recipe that is advised.
        best: the recipe with the highest score.
        difference: best minus choice, paired by item.
        test_items: how many the domain has; null: not known.
        confidence: level of the verdict.
    """
    if choice is best or difference is None:
        return None
    times = times_the_items(difference, confidence=confidence)
    if times is None or times > HOPELESS:
        return None
    seeds = _more_seeds([choice, best])
    items = math.ceil(difference.n * max(times, 1.0))
    if test_items is not None and difference.n < items <= test_items:
        asked = _more_items([choice, best], items=items, times=times)
        if asked.usd is not None and (seeds.usd is None or asked.usd <= seeds.usd):
            return asked
    return seeds


def first_rows(arms: Sequence[Arm], *, reference: str | None, domain: str) -> Experiment:
    """Measure the most promising recipes on a domain without rows, beside the reference."""
    names = [*([reference] if reference else []), *(arm.recipe_id for arm in arms if arm.recipe_id != reference)]
    return Experiment(
        (f"harness repro {' '.join(names)} --domain {domain}",),
        "own rows of the most promising recipes say more than rows of other domains",
        _total([arm.cost for arm in arms]),
        _total([None if arm.costs_unlike else arm.seconds for arm in arms]),
    )


def _more_seeds(arms: Sequence[Arm]) -> Experiment:
    trained = [arm for arm in arms if arm.trained] or list(arms)
    highest = max(max(arm.seeds, default=0) for arm in trained)
    seeds = range(highest + 1, highest + 1 + SEEDS)
    names = " ".join(arm.recipe_id for arm in trained)
    options = " ".join(f"--seed {seed}" for seed in seeds)
    return Experiment(
        (f"harness repro {names} --domain {arms[0].domain} {options}",),
        "further seeds show whether the difference belongs to the methods or to these trainings",
        _total([arm.cost for arm in trained], SEEDS),
        _total([None if arm.costs_unlike else arm.seconds for arm in trained], SEEDS),
    )


def _more_items(arms: Sequence[Arm], *, items: int, times: float) -> Experiment:
    names = " ".join(arm.recipe_id for arm in arms)
    return Experiment(
        (f"set scoring.items_of of the suite that ranks to {items} in params.yaml", f"harness repro {names}"),
        f"with {items} test items a true difference of this size would show with a power of 80 %",
        _total([None if arm.cost is None else arm.cost * arm.scoring_share for arm in arms], times),
        _total([_scoring_seconds(arm) for arm in arms], times),
    )


def _scoring_seconds(arm: Arm) -> float | None:
    return None if arm.costs_unlike or arm.seconds is None else arm.seconds * arm.scoring_share


def _total(values: Sequence[float | None], times: float = 1.0) -> float | None:
    """Null if one of them is not known."""
    known = [value for value in values if value is not None]
    return times * sum(known) if len(known) == len(values) else None
