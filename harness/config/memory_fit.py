"""How a profile makes recipes fit its device: the same training in smaller parts.

params.yaml: budget.memory --> run.train of the recipes, after the defaults of the family and the recipe's own keys
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from harness.config.recipe import Budget, Recipe
from harness.config.strict import StrictModel


class MemoryFit(StrictModel):
    """Settings of `run.train` that decide how much memory a training needs. A missing key changes nothing."""

    max_batch_size: int | None = Field(default=None, gt=0)
    """At most this many rows are on the device at once. Each update still sees as many rows as the recipe says: they
    come in equal parts, one after another (`gradient_accumulation_steps`)."""
    activation_checkpointing: bool | None = None
    """Recompute activations in the backward pass: less memory, about a third more time."""
    optim: str | None = None
    """Optimiser, such as `paged_adamw_8bit`, whose two moments take a quarter of the bytes of `adamw_torch`."""


class BoardBudget(Budget):
    """The budget in params.yaml, and what makes the recipes fit the device that the profile promises."""

    memory: dict[str, MemoryFit] = Field(default_factory=dict, exclude=True)
    """Family (`peft`) or recipe (`peft/dora`) -> its memory settings. A recipe's entry replaces its family's entry.
    It stands below `budget`, because every training stage depends on that key. Records and boards leave it out."""


def memory_key(recipe: Recipe, memory: Mapping[str, MemoryFit]) -> str | None:
    """The entry of `budget.memory` that applies to a recipe: its own, else its family's; None: no entry applies."""
    if recipe.run.train is None:
        return None
    return next((key for key in (recipe.id, recipe.family) if key in memory), None)


def fitted(recipe: Recipe, memory: Mapping[str, MemoryFit]) -> Recipe:
    """The recipe with the memory settings that apply to it. The number of rows per update does not change."""
    key = memory_key(recipe, memory)
    if key is None or recipe.run.train is None:
        return recipe
    train = recipe.run.train
    changes = memory[key].model_dump(exclude_none=True, exclude={"max_batch_size"})
    if most := memory[key].max_batch_size:
        rows = train.per_device_train_batch_size * train.gradient_accumulation_steps
        batch = max(size for size in range(1, min(most, train.per_device_train_batch_size) + 1) if rows % size == 0)
        changes |= {"per_device_train_batch_size": batch, "gradient_accumulation_steps": rows // batch}
    run = recipe.run.model_copy(update={"train": train.model_copy(update=changes)})
    return recipe.model_copy(update={"run": run})
