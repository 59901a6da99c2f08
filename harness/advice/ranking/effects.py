"""Effects of methods pooled over domains: what to expect on a domain where nothing was measured.

    y[m, d]  = effect of method m on domain d: its score minus that of the reference there, paired by item
    y[m, d]  = mu[m] + shift[d] + own[m, d] + noise
    shift[d]   what all methods gain there more than elsewhere (an easy domain, a weak reference)
    own[m, d]  what only this method gains only there; its variance tau^2 / similarity[d]: the less a domain is like the
               one asked about, the less it says
    mu[m]      normal around the mean of all methods with variance omega^2: a method that was measured rarely or roughly
               is drawn towards that mean (shrinkage; Efron & Morris 1975, doi 10.1080/01621459.1975.10479864)

tau and omega are estimated by moments from the same rows. Where they cannot be, `TAU` is assumed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.advice.evidence.arm import Effect

TAU = 0.05
"""Assumed standard deviation of a method's own gain on a domain where it cannot be estimated: five points."""
TAU_LEAST = 0.01
"""Lowest value of tau: a handful of domains cannot show that a method gains the same everywhere."""

Effects = Mapping[str, Mapping[str, Effect]]
"""Recipe -> domain -> effect."""


@dataclass(frozen=True)
class Expected:
    """What a method is expected to gain over the reference on the domain asked about. Fractions."""

    recipe_id: str
    mean: float
    error: float
    """Standard error of `mean`."""
    domains: tuple[str, ...]
    """Where it was measured."""
    wins: int
    """Domains on which it scored higher than the reference."""


@dataclass(frozen=True)
class Pooled:
    """The expectations and how far they reach."""

    expected: Sequence[Expected]
    """By falling mean."""
    tau: float
    """Standard deviation of a method's own gain on one domain."""
    df: float
    """Degrees of freedom behind `tau`; 0: assumed."""
    shifts: Mapping[str, float]


def pooled(effects: Effects, similarity: Mapping[str, float]) -> Pooled:
    """Pool the effects of every method. `similarity`: domain -> 0 to 1.

    Raises:
        KeyError: a domain has no similarity.
    """
    shifts = _shifts(effects)
    gains = {
        recipe: {domain: Effect(one.value - shifts[domain], one.error) for domain, one in of_recipe.items()}
        for recipe, of_recipe in effects.items()
    }
    tau, df = _tau(gains, common=len(_everywhere(effects)), domains=len(shifts))
    variances = {
        recipe: [one.error**2 + tau**2 / similarity[domain] for domain, one in of_recipe.items()]
        for recipe, of_recipe in gains.items()
    }
    means = {
        recipe: _weighted([one.value for one in of_recipe.values()], variances[recipe])
        for recipe, of_recipe in gains.items()
    }
    centre = float(np.mean([mean for mean, _ in means.values()])) if means else 0.0
    omega = _omega(list(means.values()), centre)
    expected = [
        Expected(
            recipe,
            *_shrunk(*means[recipe], centre=centre, omega=omega),
            domains=tuple(sorted(effects[recipe])),
            wins=sum(one.value > 0 for one in effects[recipe].values()),
        )
        for recipe in effects
    ]
    return Pooled(sorted(expected, key=lambda one: (-one.mean, one.recipe_id)), tau, df, shifts)


def reach(one: Expected, found: Pooled, *, confidence: float) -> float:
    """Half width of the interval of what a method gains on one further domain, like the one asked about.

    It varies by the standard error of the mean and by what the method gains only there.
    """
    from scipy.stats import norm, t

    tail = (1 + confidence) / 2
    quantile = float(t.ppf(tail, found.df)) if found.df >= 1 else float(norm.ppf(tail))
    return quantile * math.sqrt(one.error**2 + found.tau**2)


def _everywhere(effects: Effects) -> list[str]:
    """Methods that were measured on every domain."""
    domains = {domain for of_recipe in effects.values() for domain in of_recipe}
    return [recipe for recipe, of_recipe in effects.items() if of_recipe.keys() == domains]


def _shifts(effects: Effects) -> dict[str, float]:
    """Domain -> what the methods that were measured everywhere gain there more than on average; 0 without such."""
    domains = sorted({domain for of_recipe in effects.values() for domain in of_recipe})
    common = _everywhere(effects)
    if not common:
        return dict.fromkeys(domains, 0.0)
    by_domain = {domain: float(np.mean([effects[recipe][domain].value for recipe in common])) for domain in domains}
    average = float(np.mean(list(by_domain.values())))
    return {domain: mean - average for domain, mean in by_domain.items()}


def _tau(gains: Effects, *, common: int, domains: int) -> tuple[float, float]:
    """tau and its degrees of freedom: the spread of a method's gains between domains, less the noise of the items."""
    squares, noise, df = 0.0, 0.0, -float(domains - 1 if common else 0)  # the shifts used these up
    for of_recipe in gains.values():
        values = [one.value for one in of_recipe.values()]
        if len(values) > 1:
            squares += float(np.var(values)) * len(values)
            noise += float(np.mean([one.error**2 for one in of_recipe.values()])) * (len(values) - 1)
            df += len(values) - 1
    if df < 1:
        return TAU, 0.0
    return max(TAU_LEAST, math.sqrt(max(0.0, (squares - noise) / df))), df


def _weighted(values: Sequence[float], variances: Sequence[float]) -> tuple[float, float]:
    """Mean with weights 1 / variance, and its variance."""
    weights = [1 / variance for variance in variances]
    total = sum(weights)
    return sum(w * v for w, v in zip(weights, values, strict=True)) / total, 1 / total


def _omega(means: Sequence[tuple[float, float]], centre: float) -> float:
    """Standard deviation between methods, less the variance of their means; infinite for fewer than three methods."""
    if len(means) < 3:
        return math.inf
    between = sum((mean - centre) ** 2 for mean, _ in means) / (len(means) - 1)
    return math.sqrt(max(between - float(np.mean([variance for _, variance in means])), 1e-6))


def _shrunk(mean: float, variance: float, *, centre: float, omega: float) -> tuple[float, float]:
    """The mean drawn towards the centre, and its standard error."""
    kept = 1.0 if math.isinf(omega) else omega**2 / (omega**2 + variance)
    return centre + kept * (mean - centre), math.sqrt(kept * variance)
