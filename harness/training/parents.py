"""The runs that a run starts from: those that its recipe's `init` names, and the step before it in a sequence."""

from __future__ import annotations

from harness.config.project import Project, RunKey
from harness.config.recipe import Recipe
from harness.training.registry import get_method, parents_of


def parent_runs(project: Project, key: RunKey, recipe: Recipe | None = None) -> dict[str, RunKey]:
    """Role -> the run that must be finished before the run `key` starts; empty if it starts from its base model.

    `recipe` is the recipe of `key`, for callers that have read its file already.

    A parent has the same seed and the same domains. Two cases differ where the recipe's family runs on sequences:

    - A parent whose family runs on single domains is the run on the domain that is new in this step.
    - From the second step on, the method's role `starts_from` is the same recipe on the step before, whatever `init`
      says. A method without that role starts every step from its base model.
    """
    recipe = recipe or project.recipe(key.recipe_id)
    in_sequence = project.in_sequences(key.family)
    parents = {}
    for role, parent_id in parents_of(recipe).items():
        family, name = parent_id.split("/")
        same_domains = not in_sequence or project.in_sequences(family)
        parents[role] = RunKey(family, name, key.domains if same_domains else key.domains[-1:], key.seed)
    if in_sequence and len(key.domains) > 1:
        start = get_method(recipe.run.method).starts_from
        if start is not None:
            parents[start] = RunKey(key.family, key.recipe, key.domains[:-1], key.seed)
    return parents
