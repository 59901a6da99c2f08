"""How a recipe is trained with k items."""

from __future__ import annotations

from harness.config.recipe import Budget, Recipe
from harness.training.train import resolved_budget

FULL_PASSES_FROM = 32
"""With at least this many items a recipe makes its own number of passes."""


def with_items(recipe: Recipe, k: int, *, budget: Budget) -> Recipe:
    """The recipe with `k` items in total; `budget` is the budget of the settings.

    With 32 items or more the recipe makes its own number of passes, so the point at the recipe's own k is the training
    of the board. With fewer items it makes more passes, so that it sees as many examples as with 32 items. Otherwise 8
    items in batches of 16 would give two or three steps, and the curve would show the effect of steps, not of items.
    """
    epochs = resolved_budget(budget, recipe).epochs * max(1.0, FULL_PASSES_FROM / k)
    own = recipe.run.budget.model_copy(update={"train_examples": k, "epochs": epochs})
    return recipe.model_copy(update={"run": recipe.run.model_copy(update={"budget": own})})
