"""Similarity of domains, pooled effects, and the choice for a domain without rows."""

from __future__ import annotations

import pytest

from harness.advice.evidence.arm import Arm, Effect
from harness.advice.evidence.domain_profile import OTHER_TASK, DomainProfile, Likeness, likeness, profile_of_items
from harness.advice.ranking.effects import TAU, pooled
from harness.advice.ranking.limits import Limits
from harness.advice.ranking.new_domain import decide_for_new
from harness.items.item import Item
from tests.advice.arms_factory import gained

TICKETS = DomainProfile("tickets", "classify", labels=10, items=1000, words=20)
MARGIN = 0.03
COSTS = {"baseline/tfidf": 1.0, "peft/lora": 2.0, "sft/full": 5.0}


def alike(domain: str, similarity: float = 1.0, *, task: bool = True) -> Likeness:
    return Likeness(domain, similarity, task, 1.0, 1.0, 1.0)


def domain_arms(domain: str, *gains: float) -> list[Arm]:
    return [gained(domain, name, gain, cost=COSTS[name]) for name, gain in zip(COSTS, gains, strict=True)]


def test_equal_domains_are_wholly_alike_and_every_difference_counts() -> None:
    assert likeness(TICKETS, DomainProfile("x", "classify", 10, 1000, 20)).similarity == 1.0
    ten_times = likeness(TICKETS, DomainProfile("x", "classify", 100, 1000, 20))
    assert ten_times.labels == pytest.approx(0.5)  # one of two decades
    assert ten_times.similarity == pytest.approx((0.5 + 1 + 1) / 3)
    other_task = likeness(TICKETS, DomainProfile("x", "answer", None, 1000, 20))
    assert not other_task.task
    assert other_task.similarity == pytest.approx((0.5 + 1 + 1) / 3 * OTHER_TASK)


def test_a_file_has_the_profile_of_its_items() -> None:
    items = [Item(id=f"i{i}", text="one two three", cluster=f"c{i}", label=f"l{i % 4}") for i in range(40)]
    assert profile_of_items("mine", items) == DomainProfile("mine", "classify", labels=4, items=40, words=3.0)


def test_a_similar_domain_weighs_more() -> None:
    # two recipes that change places: tau^2 is 0.09, so the weights are 1/0.09 and 1/0.9
    effects = {
        "a/x": {"near": Effect(0.4, 0.0), "far": Effect(0.1, 0.0)},
        "a/y": {"near": Effect(0.1, 0.0), "far": Effect(0.4, 0.0)},
    }
    best, other = pooled(effects, {"near": 1.0, "far": 0.1}).expected
    assert best.recipe_id == "a/x"
    assert best.mean == pytest.approx((0.4 / 0.09 + 0.1 / 0.9) / (1 / 0.09 + 1 / 0.9))
    assert other.mean == pytest.approx(0.5 - best.mean)
    equally = pooled(effects, {"near": 1.0, "far": 1.0}).expected
    assert [one.mean for one in equally] == [pytest.approx(0.25)] * 2


def test_a_method_measured_roughly_is_drawn_to_the_mean_of_all() -> None:
    exact, rough = Effect(0.5, 0.001), Effect(0.5, 0.5)
    others = {f"a/{name}": {"d": Effect(value, 0.001)} for name, value in (("x", 0.1), ("y", 0.2), ("z", 0.3))}
    found = {
        one.recipe_id: one
        for one in pooled({**others, "b/exact": {"d": exact}, "b/rough": {"d": rough}}, {"d": 1}).expected
    }
    assert found["b/rough"].mean < found["b/exact"].mean
    assert found["b/rough"].error > found["b/exact"].error


def test_what_all_methods_gain_on_an_easy_domain_is_no_difference_between_them() -> None:
    effects = {
        "a/x": {"easy": Effect(0.6, 0.01), "hard": Effect(0.2, 0.01)},
        "a/y": {"easy": Effect(0.5, 0.01), "hard": Effect(0.1, 0.01)},
    }
    found = pooled(effects, {"easy": 1.0, "hard": 1.0})
    assert found.shifts["easy"] == pytest.approx(0.2)
    assert found.expected[0].mean - found.expected[1].mean == pytest.approx(0.1)
    assert found.df == 1
    assert pooled({"a/x": {"easy": Effect(0.6, 0.01)}}, {"easy": 1.0}).tau == TAU


def test_the_choice_follows_the_other_domains() -> None:
    arms = {"a": domain_arms("a", 0.2, 0.3, 0.4), "b": domain_arms("b", 0.1, 0.2, 0.3)}
    found = decide_for_new(arms, [alike("a"), alike("b")], Limits(), confidence=0.95, margin=MARGIN)
    assert found.decision.choice is not None
    assert found.decision.choice.recipe_id == "sft/full"
    assert found.decision.choice.score == pytest.approx(0.349, abs=1e-3)  # 0.35, drawn to 0.25 by one per cent
    capped = decide_for_new(arms, [alike("a"), alike("b")], Limits(cost=3), confidence=0.95, margin=MARGIN)
    assert capped.decision.choice is not None
    assert capped.decision.choice.recipe_id == "peft/lora"


def test_a_cheap_recipe_is_not_chosen_only_because_domains_are_too_few_to_tell() -> None:
    # lora and full change places, so that nothing can be told apart; tfidf is expected to be 13 points behind
    arms = {"a": domain_arms("a", 0.15, 0.2, 0.3), "b": domain_arms("b", 0.1, 0.3, 0.18)}
    found = decide_for_new(arms, [alike("a"), alike("b")], Limits(), confidence=0.95, margin=MARGIN).decision
    assert found.order is not None
    assert [one.recipe_id for one in found.order.tied] == ["peft/lora", "sft/full"]
    assert [one.recipe_id for one in found.order.behind] == ["baseline/tfidf"]
    assert found.choice is not None
    assert found.choice.recipe_id == "peft/lora"  # a point above full, and cheaper
    assert found.runner_up is not None
    assert found.runner_up.recipe_id == "sft/full"
    wide = decide_for_new(arms, [alike("a"), alike("b")], Limits(), confidence=0.95, margin=0.2).decision
    assert wide.choice is not None
    assert wide.choice.recipe_id == "baseline/tfidf"


def test_one_domain_is_too_little() -> None:
    found = decide_for_new(
        {"a": domain_arms("a", 0.2, 0.3, 0.4)}, [alike("a")], Limits(), confidence=0.95, margin=MARGIN
    )
    assert found.decision.abstained == (
        "1 other domain has rows with a difference to the reference, and 2 domains are needed"
    )


def test_domains_of_another_task_alone_are_too_little() -> None:
    arms = {"a": domain_arms("a", 0.2, 0.3, 0.4), "b": domain_arms("b", 0.1, 0.2, 0.3)}
    likenesses = [alike("a", 0.2, task=False), alike("b", 0.2, task=False)]
    found = decide_for_new(arms, likenesses, Limits(), confidence=0.95, margin=MARGIN)
    assert found.decision.abstained == "no measured domain has the same task"


def test_a_recipe_that_lost_to_the_reference_somewhere_is_not_chosen() -> None:
    arms = {"a": domain_arms("a", -0.1, 0.3, 0.6), "b": domain_arms("b", -0.1, 0.2, -0.2)}
    found = decide_for_new(arms, [alike("a"), alike("b")], Limits(), confidence=0.95, margin=MARGIN)
    assert found.decision.choice is not None
    assert found.decision.choice.recipe_id == "peft/lora"
