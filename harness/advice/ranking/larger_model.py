"""The arms of a larger model: memory from the memory plan, seconds and money from measured throughput.

A row was measured with a small base model. For another model
- memory is planned by `harness/memory_plan` for the recipes that train a causal language model,
- seconds, money and latency grow with the number of parameters: a token costs about 6 x parameters operations in
  training and 2 x in scoring (Kaplan et al. 2020, arXiv 2001.08361). The device is that of the row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.advice.evidence.arm import Arm
from harness.errors import ConfigError

if TYPE_CHECKING:
    from harness.config.project import Project
    from harness.measure.device import Device

FACTOR = 2.0
"""Stated uncertainty of a cost that is scaled by parameters: half to twice. Assumed, not measured: large matrices use a
processor better than small ones, and memory that is nearly full slows it down."""

Planner = Callable[[str], float]
"""Recipe id -> planned peak in MB. It raises ConfigError where there is no plan."""


@dataclass(frozen=True)
class Larger:
    """The arms as they would be with another base model."""

    model: str
    parameters: int
    arms: list[Arm]
    notes: tuple[str, ...]


def with_model(arms: Sequence[Arm], *, model: str, instead_of: str, parameters: int, planned_mb: Planner) -> Larger:
    """The arms with planned memory and scaled costs. Arms that do not stand on the replaced model keep their figures.

    Args:
        arms: of one domain.
        model: name of the larger model.
        instead_of: name of the base model that it replaces.
        parameters: how many it has.
        planned_mb: plans the memory of a recipe.
    """
    found, unplanned = [], []
    for arm in arms:
        if arm.base_model != instead_of:
            found.append(arm)
            continue
        ratio = parameters / arm.total_parameters if arm.total_parameters else None
        try:
            memory, why = planned_mb(arm.recipe_id), None
        except ConfigError as error:
            memory, why = None, error.what
            unplanned.append(arm.recipe_id)
        found.append(
            replace(
                arm,
                usd=_scaled(arm.usd, ratio),
                seconds=_scaled(arm.seconds, ratio),
                latency_ms=_scaled(arm.latency_ms, ratio),
                cost_factor=FACTOR,
                memory_mb=memory,
                memory_unlike=why,
            )
        )
    notes = [
        f"scores were measured with smaller base models and may order differently with {model}",
        f"money, seconds and latency are scaled by parameters; they may be half or {FACTOR:g} times as much",
    ]
    notes += [f"no memory plan for {', '.join(unplanned)}"] if unplanned else []
    return Larger(model, parameters, found, tuple(notes))


def _scaled(value: float | None, ratio: float | None) -> float | None:
    return None if value is None or ratio is None else value * ratio


def planner(project: Project, config: Any, device: Device, *, autocast: bool) -> Planner:
    """Plans with the batch and the length that the recipe would be trained with.

    `autocast`: matrices are multiplied in bfloat16, whatever the dtype of the weights.
    """

    def planned(recipe_id: str) -> float:
        from harness.memory_plan.fake_model import planned_method
        from harness.memory_plan.plan import predict
        from harness.memory_plan.typical_request import typical_request

        recipe = project.recipe(recipe_id)
        planned_method(recipe)
        return predict(config, typical_request(project, config, recipe, device, autocast=autocast)).peak / 1e6

    return planned


def parameters_of(config: Any) -> int:
    """Parameters of the causal language model of a configuration; no weights are read.

    Raises:
        ConfigError: transformers has no causal language model for it.
    """
    import torch
    from transformers import AutoModelForCausalLM

    try:
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config)
    except ValueError as error:
        raise ConfigError(str(error).splitlines()[0], where="--model", expected="a causal language model") from None
    return int(sum(parameter.numel() for parameter in model.parameters()))
