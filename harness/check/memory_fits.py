"""Do the memory settings of a profile (`budget.memory`) name recipes, and can these recipes be trained with them?"""

from __future__ import annotations

from collections.abc import Mapping

from harness.config.complaints import Complaints
from harness.config.memory_fit import fitted, memory_key
from harness.config.params import Params
from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.training.refusals.misfits import misfits
from harness.training.registry import get_method

KEYS = ("budget", "memory")


def memory_problems(complaints: Complaints, project: Project, params: Params, *, recipes: Mapping[str, Recipe]) -> None:
    """Add what is wrong with `budget.memory`; `recipes` are those without a mistake."""
    known = [*project.family_names, *project.recipe_ids]
    for key in params.budget.memory:
        if key not in known:
            complaints.unknown("family or recipe", key, known, *KEYS, key)
    for recipe in recipes.values():
        applies = memory_key(recipe, params.budget.memory)
        if applies is None:
            continue
        for mistake in misfits(get_method(recipe.run.method), fitted(recipe, params.budget.memory)):
            hint = f"give {recipe.id} an entry of its own"
            complaints.add(f"{recipe.id}: {mistake.what}", *KEYS, applies, mistake.keys[-1], hint=hint)
