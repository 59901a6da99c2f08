"""The recipe as it is trained with k items."""

from __future__ import annotations

from harness.config.recipe import Budget, Recipe
from harness.training.train import resolved_budget

FULL_PASSES_FROM = 32
"""Items from which on a recipe makes the passes it says."""


def with_items(recipe: Recipe, k: int, *, budget: Budget) -> Recipe:
    """The recipe with `k` items in all, `budget` being the board's.

    From 32 items on the number of passes is the recipe's own, so the point at the recipe's own k is the training of the
    board. Below, passes grow as items fall, so that as many examples are shown as with 32 items: otherwise 8 items in
    batches of 16 would be two or three steps, and the curve would tell of steps instead of items.
    """
    epochs = resolved_budget(budget, recipe).epochs * max(1.0, FULL_PASSES_FROM / k)
    own = recipe.run.budget.model_copy(update={"train_examples": k, "epochs": epochs})
    return recipe.model_copy(update={"run": recipe.run.model_copy(update={"budget": own})})
