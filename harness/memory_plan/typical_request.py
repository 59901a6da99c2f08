"""The training of a recipe as the active settings would run it, where nobody says how long its rows are."""

from __future__ import annotations

from typing import Any

from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.measure.device import Device
from harness.memory_plan.plan import Request

LABELLED = 8
"""Labelled tokens per row: a short answer."""


def typical_request(project: Project, config: Any, recipe: Recipe, device: Device, *, autocast: bool) -> Request:
    """Rows of the budget's full length, as far as the model reads, in the recipe's own batch.

    Args:
        project: where the budget is set.
        config: that of the model, a `PreTrainedConfig`.
        recipe: one with a training; `planned_method` checks it.
        device: what trains.
        autocast: matrices are multiplied in bfloat16, whatever the dtype of the weights.
    """
    assert recipe.run.train is not None  # `planned_method` has checked it
    longest = getattr(config.get_text_config(), "max_position_embeddings", None)
    length = recipe.run.budget.max_length or project.params.budget.max_length
    return Request(
        recipe=recipe,
        batch=recipe.run.train.per_device_train_batch_size,
        length=min(length, longest) if longest else length,
        labelled=LABELLED,
        device=device,
        autocast=autocast,
    )
