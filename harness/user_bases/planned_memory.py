"""How much memory the active recipes need to train a base model, by the memory plan."""

from __future__ import annotations

from typing import Any

from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.errors import ConfigError
from harness.measure.device import prepare_device
from harness.memory_plan.fits import machine_fit
from harness.models.base_roles import CAUSAL_LM
from harness.training.registry import base_role


def memory_lines(project: Project, config: Any, *, role: str) -> list[str]:
    """A line for one recipe per family, and one on what does not fit into this machine.

    A plan takes seconds, and recipes of one family mostly need about the same.
    """
    if role != CAUSAL_LM.name:
        return [f"memory: there is no plan for the role {role}"]
    from harness.memory_plan.plan import predict
    from harness.memory_plan.typical_request import typical_request

    device = prepare_device(project.params.precision)
    lines, too_big = [], []
    for recipe in _planned(project):
        try:
            autocast = device.training_precision == "mixed"
            plan = predict(config, typical_request(project, config, recipe, device, autocast=autocast))
        except ConfigError as error:
            lines.append(f"  {recipe.id}: no plan: {error.what}")
            continue
        fit = machine_fit(plan.peak, device.kind)
        lines.append(f"  {recipe.id}: {plan.peak / 1e9:.1f} GB")
        if fit and not fit.fits:
            too_big.append(recipe.id)
            size = fit.where
    if not lines:
        return ["memory: no active recipe has a plan"]
    head = f"memory to train ({device.kind}, {device.training_precision}):"
    if too_big:
        lines.append(f"  too much for {size}: {', '.join(too_big)}; docs/memory.md says what saves memory")
    return [head, *lines, "  `harness memory` predicts it for other recipes"]


def _planned(project: Project) -> list[Recipe]:
    """Of each family the first active recipe that trains a causal language model."""
    from harness.memory_plan.fake_model import planned_method

    found = []
    for family, names in project.params.recipes.items():
        for name in names:
            recipe = project.recipe(f"{family}/{name}")
            try:
                planned_method(recipe)
            except ConfigError:
                continue  # the recipe trains something else, or nothing
            if base_role(recipe) == CAUSAL_LM.name:
                found.append(recipe)
                break
    return found
