"""A decision with every recipe that was looked at, as the answer of `harness advise`."""

from __future__ import annotations

from collections.abc import Sequence

from harness.advice.answer.experiment import Experiment
from harness.advice.contract import Advice, Basis, Line, Place
from harness.advice.evidence.arm import Arm
from harness.advice.ranking.decision import Decision
from harness.advice.rules import rules_hash
from harness.display.numbers import percent

ORDER: tuple[Place, ...] = ("choice", "runner-up", "tied", "reference", "behind", "not compared", "excluded")
"""The order of the lines."""


def compose(
    basis: Basis,
    decision: Decision,
    arms: Sequence[Arm],
    *,
    domain: str,
    currency: str,
    notes: Sequence[str],
    flipping: Sequence[str],
    experiment: Experiment | None,
) -> Advice:
    """The advice that follows from a decision. `arms`: all that were looked at."""
    order = decision.order
    return Advice(
        domain=domain,
        basis=basis,
        choice=decision.choice.recipe_id if decision.choice else None,
        runner_up=decision.runner_up.recipe_id if decision.runner_up else None,
        abstained=decision.abstained,
        because=_because(decision),
        tied=tuple(arm.recipe_id for arm in order.tied if not arm.reference) if order else (),
        lines=tuple(_lines(decision, arms)),
        flips=tuple(flipping),
        experiment=experiment,
        similarity=(),
        metric=arms[0].metric if arms else None,
        currency=currency,
        rules=rules_hash(),
        notes=tuple(notes),
    )


def _because(decision: Decision) -> str:
    choice, order = decision.choice, decision.order
    if choice is None or order is None:
        return ""
    tied = [arm for arm in order.tied if not arm.reference]
    if order.margin is not None:
        margin = f"{percent(order.margin)} points"
        if len(tied) == 1:
            return f"every other recipe is expected to be more than {margin} behind it"
        others = f"{len(tied)} recipes are expected to be at most {margin} behind the best"
    elif len(tied) == 1:
        return "every other recipe that was compared is surely behind it"
    else:
        others = f"{len(tied)} recipes cannot be told from the best"
    if choice.cost is None:
        return f"{others}, and it has the highest score; no cost of theirs can be compared"
    return f"{others}, and it is the cheapest of them"


def _lines(decision: Decision, arms: Sequence[Arm]) -> list[Line]:
    order = decision.order
    tied = [arm.recipe_id for arm in order.tied] if order else []
    behind = [arm.recipe_id for arm in order.behind] if order else []
    broken = {one.arm.recipe_id: one.reasons for one in decision.excluded}

    def place_of(arm: Arm) -> Place:
        if decision.choice and arm.recipe_id == decision.choice.recipe_id:
            return "choice"
        if decision.runner_up and arm.recipe_id == decision.runner_up.recipe_id:
            return "runner-up"
        if arm.reference:
            return "reference"
        if arm.recipe_id in broken:
            return "excluded"
        return "tied" if arm.recipe_id in tied else "behind" if arm.recipe_id in behind else "not compared"

    lines = [_line(arm, place_of(arm), broken.get(arm.recipe_id, ())) for arm in arms]
    return sorted(lines, key=lambda line: (ORDER.index(line.place), -line.score, line.recipe))


def _line(arm: Arm, place: Place, reasons: tuple[str, ...]) -> Line:
    return Line(
        recipe=arm.recipe_id,
        title=arm.title,
        place=place,
        score=arm.score,
        low=arm.low,
        high=arm.high,
        cost=arm.cost,
        cost_factor=arm.cost_factor,
        memory_mb=arm.comparable_memory,
        latency_ms=arm.comparable_latency,
        retention=arm.retention,
        over_refusal=arm.over_refusal,
        seeds=arm.seeds,
        reasons=reasons,
        stale=arm.stale,
    )
