"""From evidence and a question to advice. Pure: nothing is read or written here.

own rows    arms of the domain ------> limits --> model confidence set --> cheapest of the tied ------+
new domain  arms of other domains --> effects pooled by similarity --> limits --> cheapest of those   +--> Advice
                                                     that are expected within a margin of the best --+
                                                              flips, cheapest experiment <--------'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.advice.answer.compose import compose
from harness.advice.answer.experiment import Experiment, deciding, first_rows
from harness.advice.answer.flips import flips
from harness.advice.contract import Advice
from harness.advice.evidence.arm import Arm
from harness.advice.evidence.domain_profile import DomainProfile, likeness
from harness.advice.evidence.read import Evidence
from harness.advice.ranking.decision import Decision, decide
from harness.advice.ranking.limits import Limits
from harness.advice.ranking.new_domain import PooledDecision, decide_for_new
from harness.advice.ranking.order import lag

FEWEST_ROWS = 2
"""Own rows count from two trained recipes on; with fewer, other domains are asked."""
PROMISING = 2
"""Recipes that the first experiment on a new domain measures beside the reference."""

AGAIN = Experiment(("harness repro",), "stale rows that are measured again have costs that count", None, None)
"""What to run where limits leave nothing because rows are stale."""

Rescale = Callable[[Sequence[Arm]], list[Arm]]
"""Turns the arms of a domain into those of a larger model."""


@dataclass(frozen=True)
class Question:
    """What the user asked."""

    profile: DomainProfile
    limits: Limits
    registered: bool = True
    """The domain is one of the project; false: only a file was given."""


def advise(
    evidence: Evidence,
    question: Question,
    profiles: Mapping[str, DomainProfile],
    *,
    rescale: Rescale = list,
    notes: Sequence[str] = (),
) -> Advice:
    """The advice.

    Args:
        evidence: everything that was measured.
        question: the domain and the limits.
        profiles: of every measured domain.
        rescale: for a larger base model.
        notes: what a reader must know beside the notes of the evidence.
    """
    arms = {domain: rescale(of_domain) for domain, of_domain in evidence.arms.items()}
    notes = (*evidence.notes, *notes)
    own = arms.get(question.profile.name, [])
    if sum(not arm.reference for arm in own) >= FEWEST_ROWS:
        return _from_own(own, question, evidence, notes)
    return _from_others(arms, question, evidence, profiles, notes)


def _from_own(arms: Sequence[Arm], question: Question, evidence: Evidence, notes: Sequence[str]) -> Advice:
    confidence, resampling = evidence.resampling.confidence, evidence.resampling

    def again(limits: Limits) -> Decision:
        return decide(arms, limits, resampling)

    decision = again(question.limits)
    difference = experiment = None
    if decision.choice and decision.order:
        difference = lag(decision.order.best, decision.choice, resampling)
        experiment = deciding(
            decision.choice,
            decision.order.best,
            difference,
            test_items=question.profile.test_items,
            confidence=confidence,
        )
    flipping = flips(
        decision, question.limits, again, difference=difference, confidence=confidence, currency=evidence.currency
    )
    if decision.choice is None:
        stale = decision.order is None and any(one.arm.stale for one in decision.excluded)
        experiment = AGAIN if stale else _race(question)
    return compose(
        "own rows",
        decision,
        arms,
        domain=question.profile.name,
        currency=evidence.currency,
        notes=notes,
        flipping=flipping,
        experiment=experiment,
    )


def _from_others(
    arms: Mapping[str, Sequence[Arm]],
    question: Question,
    evidence: Evidence,
    profiles: Mapping[str, DomainProfile],
    notes: Sequence[str],
) -> Advice:
    name, confidence = question.profile.name, evidence.resampling.confidence
    others = {domain: of_domain for domain, of_domain in arms.items() if domain != name}
    alike = sorted(
        (likeness(question.profile, profiles[domain]) for domain in others),
        key=lambda one: (-one.similarity, one.domain),
    )

    def again(limits: Limits) -> PooledDecision:
        return decide_for_new(others, alike, limits, confidence=confidence, margin=evidence.margin)

    found = again(question.limits)
    decision = found.decision
    flipping = flips(
        decision,
        question.limits,
        lambda limits: again(limits).decision,
        difference=None,
        confidence=confidence,
        currency=evidence.currency,
    )
    promising = _promising(decision)
    experiment = first_rows(promising, reference=evidence.reference, domain=name) if promising else _race(question)
    if not question.registered:
        experiment = replace(experiment, commands=(f"harness domain add {name} FILE", *experiment.commands))
    advice = compose(
        "other domains" if found.arms else "nothing",
        decision,
        found.arms,
        domain=name,
        currency=evidence.currency,
        notes=notes,
        flipping=flipping,
        experiment=experiment,
    )
    return replace(advice, similarity=tuple(alike))


def _promising(decision: Decision) -> list[Arm]:
    """The choice and the recipe with the highest expectation; without a choice the cheapest of the tied."""
    if decision.order is None:
        return []
    first = [decision.choice] if decision.choice else []
    wanted = [*first, decision.order.best, *decision.order.tied]
    names = dict.fromkeys(arm.recipe_id for arm in wanted)
    return [next(arm for arm in wanted if arm.recipe_id == name) for name in list(names)[:PROMISING]]


def _race(question: Question) -> Experiment:
    why = "a race starts many recipes small and drops what is clearly behind"
    return Experiment((f"harness race --domain {question.profile.name} --budget 60min",), why, None, 3600.0)
