"""Do the runs that other runs start from exist?"""

from __future__ import annotations

from collections.abc import Mapping

from harness.config.complaints import Complaints
from harness.config.params import Params
from harness.config.project import Project, RunKey
from harness.config.recipe import Recipe
from harness.training.parents import parent_runs


def parent_problems(complaints: Complaints, project: Project, params: Params, *, recipes: Mapping[str, Recipe]) -> None:
    """Add each recipe that would start from a run which the settings do not ask for, once per parent.

    `recipes` are those without a mistake; the others are reported elsewhere.
    """
    active = set(project.runs(params))
    reported = set()
    for run in project.runs(params):
        child = recipes.get(run.recipe_id)
        for parent in parent_runs(project, run, child).values() if child and child.run.parent_ids else ():
            pair = run.recipe_id, parent.recipe_id
            if parent not in active and parent.recipe_id in recipes and pair not in reported:
                reported.add(pair)
                _add(complaints, params, run, parent)


def _add(complaints: Complaints, params: Params, run: RunKey, parent: RunKey) -> None:
    starts = f"{run.recipe_id} starts from {parent.recipe_id}, which does not run"
    index = params.recipes[run.family].index(run.recipe)
    if parent.recipe not in params.recipes.get(parent.family, []):
        hint = f"add {parent.recipe} to recipes.{parent.family}"
        complaints.add(starts, "recipes", run.family, index, hint=hint)
    elif parent.seed not in params.seeds.get(parent.family, []):
        what = f"{starts} with seed {parent.seed}"
        complaints.add(what, "seeds", run.family, expected=f"only seeds that seeds.{parent.family} has, too")
    else:
        what = f"{starts} on {' + '.join(parent.domains)}"
        hint = "a parent runs on the same domains; from a family with `runs_on: sequences` only steps of a sequence do"
        complaints.add(what, "recipes", run.family, index, hint=hint)
