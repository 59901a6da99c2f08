"""What would change the advice: another limit, another price, or more evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.advice.answer.experiment import HOPELESS, times_the_items
from harness.advice.evidence.arm import Arm
from harness.advice.ranking.decision import Decision
from harness.advice.ranking.limits import Limits
from harness.display.numbers import money, points
from harness.evidence.resampling import Estimate

OPTIONS = {
    "memory_mb": "--max-memory",
    "cost": "--max-cost",
    "latency_ms": "--max-latency",
    "retention": "--min-retention",
    "over_refusal": "--max-overrefusal",
}
"""Name of a limit -> its option."""


def flips(
    decision: Decision,
    limits: Limits,
    again: Callable[[Limits], Decision],
    *,
    difference: Estimate | None,
    confidence: float,
    currency: str,
) -> list[str]:
    """One sentence per change that would flip the advice.

    Args:
        decision: the advice.
        limits: those behind it.
        again: decides with other limits.
        difference: best minus choice, paired by item; null where they are the same or have no items.
        confidence: level of the verdict.
        currency: of the price table.
    """
    found = _by_limits(decision, limits, again)
    choice = decision.choice
    if choice is None or decision.order is None:
        return found
    found += _by_cost(choice, decision.order.tied, currency)
    if choice.cost is not None and limits.cost is not None and choice.cost * choice.cost_factor > limits.cost:
        most = f"{money(choice.cost * choice.cost_factor)} {currency}"
        found.append(f"the cost of {choice.recipe_id} is an estimate; it may be up to {most} and break --max-cost")
    best = decision.order.best
    if choice is not best and difference is not None:
        found.append(_by_evidence(choice, best, difference, confidence))
    return found


def _by_limits(decision: Decision, limits: Limits, again: Callable[[Limits], Decision]) -> list[str]:
    """Limits, one at a time, without which the choice would be another."""
    found = []
    for name in limits.given:
        other = again(limits.without(name)).choice
        if other and (decision.choice is None or other.recipe_id != decision.choice.recipe_id):
            found.append(f"without {OPTIONS[name]} the choice would be {other.recipe_id}")
    return found


def _by_cost(choice: Arm, tied: Sequence[Arm], currency: str) -> list[str]:
    """The cost at which the next cheapest of the tied recipes would take over."""
    dearer = [arm for arm in tied if arm is not choice and not arm.reference and arm.cost is not None]
    if choice.cost is None or not dearer:
        return []
    cost = dearer[0].cost
    assert cost is not None
    return [f"if {choice.recipe_id} cost more than {money(cost)} {currency}, {dearer[0].recipe_id} would be cheaper"]


def _by_evidence(choice: Arm, best: Arm, difference: Estimate, confidence: float) -> str:
    """How many times the items would tell the choice from the best, if the measured difference is the true one."""
    ahead = f"{best.recipe_id} scored {points(difference.value, difference.low, difference.high)} points higher"
    times = times_the_items(difference, confidence=confidence)
    if times is None or times > HOPELESS:
        return f"{ahead}: too small a difference to be shown even with {HOPELESS:g} times the items"
    if times <= 1:
        return f"{ahead}: tied only because all recipes are judged together; comparing these two alone may flip it"
    return f"{ahead}: if that is the true difference, {times:.1f} times the items would show it and flip the advice"
