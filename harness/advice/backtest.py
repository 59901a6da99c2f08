"""The back-test: would the advice for a new domain have been good on the domains that were measured?

Each source is left out once, with all domains made from it; the advice is made from the others, and its regret is
counted on what was left out. With few domains the result is counts, not p-values.

    regret = best score on the domain - score of the recipe that a policy chooses

    policies   advice         `decide_for_new`, which may abstain
               single best    highest mean gain on the other domains
               always LoRA    peft/lora
               random         mean over all recipes: what a blind draw is expected to lose
               oracle         0 by definition
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.advice.evidence.arm import Arm
from harness.advice.evidence.domain_profile import DomainProfile, likeness, profiles_of
from harness.advice.evidence.read import Evidence
from harness.advice.ranking.limits import Limits
from harness.advice.ranking.new_domain import decide_for_new
from harness.advice.ranking.order import ordered
from harness.advice.rules import rules_hash
from harness.config.project import Project
from harness.evidence.resampling import Resampling

LORA = "peft/lora"
POLICIES = ("advice", "single best", "always LoRA", "random", "oracle")


@dataclass(frozen=True)
class Played:
    """One policy on one domain."""

    policy: str
    recipe: str | None
    """null: it abstained, its recipe was not measured here, or it draws at random."""
    regret: float | None
    """Fraction; null without a choice."""
    tied: bool | None
    """The choice cannot be told from the best by the domain's own items; null without a choice."""
    cost: float | None
    """Of the choice, in the currency of the price table."""
    why: str = ""
    """Why there is no choice."""


@dataclass(frozen=True)
class Fold:
    """One domain that was left out."""

    domain: str
    source: str
    recipes: int
    """Recipes that could be chosen."""
    best: str
    played: tuple[Played, ...]
    """In the order of `POLICIES`."""


@dataclass(frozen=True)
class Backtest:
    """All folds."""

    rules: str
    folds: tuple[Fold, ...]
    nothing: str | None = None
    """Why there was nothing to test; null if there was."""


def backtest_of(project: Project, evidence: Evidence) -> Backtest:
    """The back-test on everything that was measured.

    Raises:
        ConfigError: the file of a domain is wrong.
    """
    known = set(project.domain_names)
    sources = {name: project.domain(name).source if name in known else name for name in evidence.arms}
    profiles = profiles_of(project, evidence.arms)
    return backtest(evidence.arms, profiles, sources, resampling=evidence.resampling, margin=evidence.margin)


def backtest(
    arms: Mapping[str, Sequence[Arm]],
    profiles: Mapping[str, DomainProfile],
    sources: Mapping[str, str],
    *,
    resampling: Resampling,
    margin: float,
) -> Backtest:
    """Leave out one source after another.

    Args:
        arms: domain -> its arms.
        profiles: of every domain.
        sources: domain -> name of its source in data/sources.yaml.
        resampling: of the board.
        margin: difference that counts as none. Fraction.
    """
    usable = {domain: found for domain, found in arms.items() if sum(not arm.reference for arm in found) > 1}
    if len({sources[domain] for domain in usable}) < 2:
        count = len(usable)
        what = f"{count} domain has rows" if count == 1 else f"{count} domains of one source have rows"
        what = what if count else "no domain has rows"
        return Backtest(rules_hash(), (), f"there is nothing to test: {what}, and two sources are needed")
    folds = [_fold(name, usable, profiles, sources, resampling=resampling, margin=margin) for name in sorted(usable)]
    return Backtest(rules_hash(), tuple(folds))


def _fold(
    domain: str,
    arms: Mapping[str, Sequence[Arm]],
    profiles: Mapping[str, DomainProfile],
    sources: Mapping[str, str],
    *,
    resampling: Resampling,
    margin: float,
) -> Fold:
    others = {name: found for name, found in arms.items() if sources[name] != sources[domain]}
    here = {arm.recipe_id: arm for arm in arms[domain] if not arm.reference}
    best = max(here.values(), key=lambda arm: (arm.score, arm.recipe_id))
    order = ordered(list(arms[domain]), resampling)
    tied = {arm.recipe_id for arm in order.tied} if order else set()

    def played(policy: str, recipe: str | None, why: str = "") -> Played:
        arm = here.get(recipe or "")
        if arm is None:
            return Played(policy, recipe, None, None, None, why or "not measured on this domain")
        return Played(policy, recipe, best.score - arm.score, recipe in tied, arm.cost)

    advised = decide_for_new(
        others,
        [likeness(profiles[domain], profiles[name]) for name in others],
        Limits(),
        confidence=resampling.confidence,
        margin=margin,
        among=frozenset(here),
    ).decision
    blind = sum(best.score - arm.score for arm in here.values()) / len(here)
    return Fold(
        domain=domain,
        source=sources[domain],
        recipes=len(here),
        best=best.recipe_id,
        played=(
            played("advice", advised.choice.recipe_id if advised.choice else None, advised.abstained or ""),
            played("single best", single_best(others, frozenset(here))),
            played("always LoRA", LORA),
            Played("random", None, blind, None, None),
            played("oracle", best.recipe_id),
        ),
    )


def single_best(arms: Mapping[str, Sequence[Arm]], among: frozenset[str]) -> str | None:
    """The recipe with the highest mean effect among those measured on the most domains; null without any."""
    effects: dict[str, list[float]] = {}
    for of_domain in arms.values():
        for arm in of_domain:
            if arm.effect and arm.recipe_id in among:
                effects.setdefault(arm.recipe_id, []).append(arm.effect.value)
    if not effects:
        return None
    most = max(map(len, effects.values()))
    means = {name: sum(values) / len(values) for name, values in effects.items() if len(values) == most}
    return min(means, key=lambda name: (-means[name], name))
