"""The runs that a run starts from: those that its recipe's `init` names, and the step before it in a sequence."""

from __future__ import annotations

from harness.config.project import Project, RunKey
from harness.config.recipe import Recipe

STARTING_ROLE = "model"
"""The role of the run whose weights a training continues from."""


def parent_runs(project: Project, key: RunKey, recipe: Recipe | None = None) -> dict[str, RunKey]:
    """Role -> the run that must be finished before the run `key` starts; empty if it starts from its base model.

    `recipe` is the recipe of `key`, for callers that have read its file already.

    A parent has the same seed and the same domains. Two cases differ where the recipe's family runs on sequences:

    - A parent whose family runs on single domains is the run on the domain that is new in this step.
    - From the second step on, the role `STARTING_ROLE` is the same recipe on the step before, whatever `init` says.
    """
    in_sequence = project.in_sequences(key.family)
    parents = {}
    for role, parent_id in named_parents(recipe or project.recipe(key.recipe_id)).items():
        family, name = parent_id.split("/")
        same_domains = not in_sequence or project.in_sequences(family)
        parents[role] = RunKey(family, name, key.domains if same_domains else key.domains[-1:], key.seed)
    if in_sequence and len(key.domains) > 1:
        parents[STARTING_ROLE] = RunKey(key.family, key.recipe, key.domains[:-1], key.seed)
    return parents


def named_parents(recipe: Recipe) -> dict[str, str]:
    """Role -> parent recipe, as the recipe's `init` names them."""
    return recipe.run.parents
