"""Whether dvc.yaml was generated for another choice of recipes than params.yaml makes now.

A user who cuts the lists of params.yaml makes a choice, not a mistake. The stages of dvc.yaml then still name the
recipes of before, and `harness repro` and `harness pipeline --write` bring them up to date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.config.edits.choice import ChosenProject
from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.config.strict import read_yaml
from harness.pipeline.generated_section import generated_section, written_section

Choice = dict[str, list[str]]
"""Family -> its recipes, as `recipes` of params.yaml holds them."""


def fits_another_choice(project: Project, recipes: Mapping[str, Recipe] | None = None) -> bool:
    """Whether the generated part of dvc.yaml is right for the recipes that it names itself.

    Raises:
        ConfigError: dvc.yaml, a family or a recipe is wrong.
    """
    chosen = project.params.model_copy(update={"recipes": written_choice(project)})
    written, _ = written_section(project.root / "dvc.yaml")
    return written == generated_section(ChosenProject(project.root, chosen), recipes)


def written_choice(project: Project) -> Choice:
    """The families and recipes that dvc.yaml has stages for; a family whose list dvc.yaml takes from params.yaml keeps
    the list that stands there now, or gets an empty one.

    Raises:
        ConfigError: dvc.yaml cannot be read.
    """
    stages = read_yaml(project.root / "dvc.yaml").get("stages") or {}
    found: Choice = {}
    for family in project.family_names:
        groups = [stage for name, stage in stages.items() if re.fullmatch(rf"{family}(-.*)?", name)]
        if groups:
            found[family] = _recipes_of(project, family, groups)
    return found


def _recipes_of(project: Project, family: str, groups: list[Any]) -> list[str]:
    axes = [group.get("matrix", {}).get("recipe") for group in groups]
    literal = [name for axis in axes if isinstance(axis, list) for name in axis]
    return list(dict.fromkeys(literal)) or list(project.params.recipes.get(family, []))
