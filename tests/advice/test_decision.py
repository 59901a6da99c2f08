from __future__ import annotations

from typing import Any

import pytest

from harness.advice.ranking.decision import FEWEST_CLUSTERS, decide
from harness.advice.ranking.limits import Limits, parse_memory, parse_milliseconds, parse_seconds, parse_share
from harness.errors import ConfigError
from tests.advice.arms_factory import REFERENCE, RESAMPLING, arm

ARMS = [
    arm("sft/full", 0.72, cost=9.0, memory_mb=6000.0),
    arm("peft/lora", 0.71, cost=4.0, memory_mb=4000.0),
    arm("peft/weak", 0.40, cost=0.5),
    arm(REFERENCE, 0.20, cost=0.2),
]


def test_the_cheapest_that_cannot_be_told_from_the_best_is_chosen() -> None:
    found = decide(ARMS, Limits(), RESAMPLING)
    assert found.order is not None
    assert [one.recipe_id for one in found.order.tied] == ["peft/lora", "sft/full"]
    assert found.choice is ARMS[1]
    assert found.runner_up is ARMS[0]
    assert found.abstained is None


def test_a_cost_that_does_not_compare_is_never_the_cheapest() -> None:
    stale = arm("peft/lora", 0.71, cost=0.1, costs_unlike="the row is stale (code)")
    found = decide([ARMS[0], stale, *ARMS[2:]], Limits(), RESAMPLING)
    assert found.choice is ARMS[0]
    assert found.runner_up is stale


def test_a_limit_takes_arms_out_and_says_why() -> None:
    found = decide(ARMS, Limits(memory_mb=5000.0, cost=5.0), RESAMPLING)
    assert found.choice is ARMS[1]
    (out,) = found.excluded
    assert out.arm is ARMS[0]
    assert out.reasons == ("memory 6.00 GB, allowed 5.00 GB", "cost 9.00, allowed 5.00")


@pytest.mark.parametrize(
    ("limits", "changes", "reason"),
    [
        (Limits(latency_ms=10), {}, "latency 20 ms, allowed 10 ms"),
        (Limits(retention=0.99), {}, "retention 95.0 %, needed 99.0 %"),
        (Limits(over_refusal=0.01), {"over_refusal": 0.2}, "over-refusal 20.0 %, allowed 1.0 %"),
        (Limits(memory_mb=9e9), {"memory_unlike": "no plan"}, "memory is not known: no plan"),
        (Limits(cost=9e9), {"costs_unlike": "busy"}, "cost is not known: busy"),
        (Limits(retention=0.1), {"retention": None}, "retention is not known: not measured"),
    ],
)
def test_a_broken_limit_or_an_unknown_figure_has_its_reason(
    limits: Limits, changes: dict[str, Any], reason: str
) -> None:
    found = decide([arm("peft/lora", 0.7, **changes)], limits, RESAMPLING)
    assert found.excluded[0].reasons == (reason,)
    assert found.abstained == "no recipe keeps all limits"


def test_without_a_sure_gain_over_the_reference_there_is_no_choice() -> None:
    found = decide([arm("peft/lora", 0.21), arm("sft/full", 0.22), ARMS[3]], Limits(), RESAMPLING)
    assert found.choice is None
    assert found.abstained is not None
    assert "baseline/zero_shot, which trains nothing, cannot be told from the best" in found.abstained


def test_the_reference_is_compared_although_it_breaks_a_limit() -> None:
    dear = arm(REFERENCE, 0.22, cost=99.0)
    found = decide([arm("peft/lora", 0.21), arm("sft/full", 0.22), dear], Limits(cost=5), RESAMPLING)
    assert found.choice is None
    assert [out.arm for out in found.excluded] == [dear]


def test_few_items_are_no_ground_for_a_choice() -> None:
    few = FEWEST_CLUSTERS - 1
    found = decide([arm("peft/lora", 0.9, n=few), arm(REFERENCE, 0.1, n=few)], Limits(), RESAMPLING)
    assert found.abstained == "there are only 19 independent groups of items, and 20 are needed"


def test_one_row_alone_is_compared_with_nothing() -> None:
    found = decide([arm("peft/lora", 0.9)], Limits(), RESAMPLING)
    assert found.abstained == "only peft/lora was measured: there is nothing to compare it with"


def test_without_items_the_board_says_who_may_be_best() -> None:
    arms = [
        arm("sft/full", 0.72, items=None, may_be_best=True, cost=9.0),
        arm("peft/lora", 0.71, items=None, may_be_best=True, cost=4.0),
        arm("peft/weak", 0.40, items=None, cost=0.1),
    ]
    assert decide(arms, Limits(), RESAMPLING).choice is arms[1]


def test_without_items_and_without_the_best_overlapping_intervals_are_tied() -> None:
    arms = [
        arm("peft/lora", 0.7, items=None, score=0.70, low=0.65, high=0.75, cost=9.0),
        arm("peft/ia3", 0.7, items=None, score=0.62, low=0.57, high=0.67, cost=4.0),
        arm("peft/weak", 0.4, items=None, score=0.50, low=0.45, high=0.55, cost=0.1),
    ]
    assert decide(arms, Limits(), RESAMPLING).choice is arms[1]


def test_units_are_read() -> None:
    assert parse_memory("24GB") == 24_000
    assert parse_memory("800 mb") == 800
    assert parse_milliseconds("0.2s") == 200
    assert parse_seconds("60min") == 3600
    assert parse_share("5%", option="--x") == parse_share("0.05", option="--x") == 0.05


@pytest.mark.parametrize("text", ["24", "GB", "24 apples", "-1GB", "0GB"])
def test_a_size_without_a_number_and_a_unit_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        parse_memory(text)


@pytest.mark.parametrize("text", ["1.5", "-0.1", "much", "120%"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is no share"):
        parse_share(text, option="--min-retention")
