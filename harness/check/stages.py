"""Does the generated part of dvc.yaml fit the families, their recipes and params.yaml?"""

from __future__ import annotations

from collections.abc import Mapping

from harness.config.complaints import gathered
from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.config.strict import read_yaml
from harness.errors import ConfigError, HarnessError
from harness.pipeline.generated_section import first_difference, require_current, written_section
from harness.pipeline.written_choice import fits_another_choice


def stage_problems(project: Project, recipes: Mapping[str, Recipe]) -> list[HarnessError]:
    """What is wrong with dvc.yaml; `recipes` are those without a mistake.

    Whether the generated part is current can only be said once the files that it is generated from are in order.
    Stages of recipes that params.yaml does not list any more are no problem: see `stage_note`.
    """
    path = project.root / "dvc.yaml"
    problems: list[HarnessError] = []
    with gathered(problems):
        read_yaml(path)
        written_section(path)
    if not problems and len(recipes) == len(project.recipe_ids) and _families_are_known(project):
        with gathered(problems):
            if not fits_another_choice(project, recipes):
                require_current(project, recipes)
    return problems


def stage_note(project: Project) -> str | None:
    """What to do about a dvc.yaml that still has the stages of another choice of recipes; null: it is up to date.

    Raises:
        ConfigError: a file of the project is wrong.
    """
    if first_difference(project) is None:
        return None
    return (
        "dvc.yaml still has the stages of another choice of recipes: "
        "`harness repro` updates them, or `harness pipeline --write` before `dvc repro`"
    )


def _families_are_known(project: Project) -> bool:
    """Whether params.yaml can be read and lists only families that exist; anything else is reported for that file."""
    try:
        return set(project.params.recipes) <= set(project.family_names)
    except ConfigError:
        return False
