"""Choose for a domain where nothing was measured, from effects pooled over the measured domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.advice.evidence.arm import Arm
from harness.advice.evidence.domain_profile import Likeness
from harness.advice.ranking.decision import Decision, decided, within
from harness.advice.ranking.effects import Expected, Pooled, pooled, reach
from harness.advice.ranking.limits import Limits
from harness.advice.ranking.order import Order, by_falling_score, cheapness

FEWEST_DOMAINS = 2
"""With one domain nobody knows how far the gain of a method moves from domain to domain."""
NO_COST = "no row of it has costs that compare"


@dataclass(frozen=True)
class PooledDecision:
    """A decision, and the expectations behind it."""

    decision: Decision
    found: Pooled
    arms: Sequence[Arm]
    """One per recipe; `score` is the expected gain over the reference, as are `low` and `high`."""


def decide_for_new(
    arms: Mapping[str, Sequence[Arm]],
    likenesses: Sequence[Likeness],
    limits: Limits,
    *,
    confidence: float,
    margin: float,
    among: frozenset[str] | None = None,
) -> PooledDecision:
    """Choose for a further domain: the cheapest recipe that is expected to be as good as the best, but for `margin`.

    That two recipes cannot be told apart is no reason to take the cheaper one here: with a few domains hardly any can,
    whatever lies between them. So the expected shortfall decides. The choice must also have scored higher than the
    reference on every domain where it was measured: with few domains, counts say more than p-values.

    Args:
        arms: measured domain -> its arms.
        likenesses: how alike each measured domain is to the one asked about.
        limits: of the user.
        confidence: level of the intervals.
        margin: largest expected shortfall from the best that counts as none. Fraction.
        among: recipes that may be chosen; null: all that were measured.
    """
    similarity = {one.domain: one.similarity for one in likenesses}
    measured = _measured(arms, similarity, among)
    effects = {
        recipe: {arm.domain: arm.effect for arm in of_recipe if arm.effect} for recipe, of_recipe in measured.items()
    }
    found = pooled(effects, similarity)
    expected = {one.recipe_id: one for one in found.expected}
    synthetic = [
        _expected_arm(measured[recipe], one, similarity, reach(one, found, confidence=confidence))
        for recipe, one in expected.items()
    ]
    eligible, excluded = within(synthetic, limits)
    order = _order(eligible, margin)
    why = _too_little(arms, likenesses, order, expected)
    if order is None:
        decision = Decision(None, None, None, why or "no recipe keeps all limits", tuple(excluded))
    else:
        steady = [arm for arm in eligible if _always_won(expected[arm.recipe_id])]
        decision = decided(order, steady, excluded=excluded, abstained=why)
    return PooledDecision(decision, found, synthetic)


def _measured(
    arms: Mapping[str, Sequence[Arm]], similarity: Mapping[str, float], among: frozenset[str] | None
) -> dict[str, list[Arm]]:
    """Recipe -> its arms with an effect."""
    found: dict[str, list[Arm]] = {}
    for domain in sorted(similarity):
        for arm in arms.get(domain, ()):
            if arm.effect and (among is None or arm.recipe_id in among):
                found.setdefault(arm.recipe_id, []).append(arm)
    return found


def _expected_arm(arms: Sequence[Arm], one: Expected, similarity: Mapping[str, float], half_width: float) -> Arm:
    """The recipe as expected: costs are means weighted by similarity, other figures the least favourable."""
    usd = _mean([(arm.cost, similarity[arm.domain]) for arm in arms])
    return replace(
        arms[0],
        score=one.mean,
        low=one.mean - half_width,
        high=one.mean + half_width,
        items=None,
        effect=None,
        may_be_best=False,
        seeds=tuple(sorted({seed for arm in arms for seed in arm.seeds})),
        usd=usd,
        seconds=_mean([(None if arm.costs_unlike else arm.seconds, similarity[arm.domain]) for arm in arms]),
        costs_unlike=NO_COST if usd is None else None,
        memory_mb=max((mb for arm in arms if (mb := arm.comparable_memory) is not None), default=None),
        memory_unlike=None,
        latency_ms=_mean([(arm.comparable_latency, similarity[arm.domain]) for arm in arms]),
        retention=min((arm.retention for arm in arms if arm.retention is not None), default=None),
        over_refusal=max((arm.over_refusal for arm in arms if arm.over_refusal is not None), default=None),
        stale=next((arm.stale for arm in arms if arm.stale), None),
    )


def _mean(values: Sequence[tuple[float | None, float]]) -> float | None:
    """The weighted mean of the values that are known."""
    known = [(value, weight) for value, weight in values if value is not None]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if total else None


def _order(eligible: Sequence[Arm], margin: float) -> Order | None:
    if not eligible:
        return None
    by_score = by_falling_score(eligible)
    best = by_score[0]
    tied = [arm for arm in by_score if best.score - arm.score <= margin]
    behind = [arm for arm in by_score if arm not in tied]
    return Order(best, tuple(sorted(tied, key=cheapness)), tuple(behind), (), margin)


def _always_won(one: Expected) -> bool:
    return one.wins == len(one.domains)


def _too_little(
    arms: Mapping[str, Sequence[Arm]],
    likenesses: Sequence[Likeness],
    order: Order | None,
    expected: Mapping[str, Expected],
) -> str | None:
    with_effects = [one for one in likenesses if any(arm.effect for arm in arms.get(one.domain, ()))]
    if len(with_effects) < FEWEST_DOMAINS:
        found = f"{len(with_effects)} other domain has" if len(with_effects) == 1 else "no other domain has"
        return f"{found} rows with a difference to the reference, and {FEWEST_DOMAINS} domains are needed"
    if not any(one.task for one in with_effects):
        return "no measured domain has the same task"
    if order and not _always_won(expected[order.best.recipe_id]):
        best = expected[order.best.recipe_id]
        won = f"{best.wins} of {len(best.domains)} domains"
        return f"{best.recipe_id}, the best on average, scored higher than the reference on only {won}"
    return None
