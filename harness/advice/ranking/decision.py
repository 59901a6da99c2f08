"""From arms and limits to a choice, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.advice.evidence.arm import Arm
from harness.advice.ranking.limits import Limits, refusals
from harness.advice.ranking.order import Order, ordered
from harness.evidence.resampling import Resampling

FEWEST_CLUSTERS = 20
"""With fewer independent groups of items, intervals are too rough to act on."""


@dataclass(frozen=True)
class Excluded:
    """An arm that breaks a limit."""

    arm: Arm
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """What the evidence says under the limits."""

    order: Order | None
    """null: no arm is left."""
    choice: Arm | None
    runner_up: Arm | None
    abstained: str | None
    """Why there is no choice; null if there is one."""
    excluded: tuple[Excluded, ...]


def decide(arms: Sequence[Arm], limits: Limits, resampling: Resampling) -> Decision:
    """Choose among the arms of one domain: the cheapest that keeps all limits and cannot be told from the best.

    The reference is always compared, also where it breaks a limit: if it cannot be told from the best, no training has
    shown a gain, and there is no choice.
    """
    eligible, excluded = within(arms, limits)
    if not eligible:
        return _nothing_left(arms, excluded)
    reference = [arm for arm in arms if arm.reference and arm not in eligible]
    order = ordered([*eligible, *reference], resampling)
    assert order is not None  # `eligible` is not empty
    return decided(order, eligible, excluded=excluded, abstained=_too_little(order))


def decided(order: Order, eligible: Sequence[Arm], *, excluded: Sequence[Excluded], abstained: str | None) -> Decision:
    """The decision that follows from an order."""
    candidates = [arm for arm in order.tied if arm in eligible and not arm.reference]
    if abstained is None and not candidates:
        abstained = "no recipe that keeps all limits is among those that count as good as the best"
    if abstained:
        return Decision(order, None, None, abstained, tuple(excluded))
    rest = [arm for arm in (*candidates[1:], *order.behind) if arm in eligible and not arm.reference]
    return Decision(order, candidates[0], rest[0] if rest else None, None, tuple(excluded))


def within(arms: Sequence[Arm], limits: Limits) -> tuple[list[Arm], list[Excluded]]:
    """The arms that keep all limits, and the others with their reasons."""
    judged = [(arm, refusals(arm, limits)) for arm in arms]
    return [arm for arm, why in judged if not why], [Excluded(arm, why) for arm, why in judged if why]


def _nothing_left(arms: Sequence[Arm], excluded: Sequence[Excluded]) -> Decision:
    why = "no recipe keeps all limits" if arms else "no recipe was measured on this domain"
    return Decision(None, None, None, why, tuple(excluded))


def _too_little(order: Order) -> str | None:
    """Why the order is no ground for a choice; null if it is."""
    items = order.best.items
    if items is not None and (clusters := len(set(items.clusters))) < FEWEST_CLUSTERS:
        return f"there are only {clusters} independent groups of items, and {FEWEST_CLUSTERS} are needed"
    if any(arm.reference for arm in order.tied):
        name = next(arm.recipe_id for arm in order.tied if arm.reference)
        return f"{name}, which trains nothing, cannot be told from the best: no recipe has shown a gain"
    if not order.behind and len(order.tied) > 1 and not any(arm.reference for arm in order.apart):
        return f"no two of the {len(order.tied)} recipes can be told apart, and the reference was not measured"
    if not order.behind and len(order.tied) == 1:
        return f"only {order.best.recipe_id} was measured: there is nothing to compare it with"
    return None
