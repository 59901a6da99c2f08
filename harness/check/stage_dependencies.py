"""Do the stages in dvc.yaml depend on all that their recipes stand on: pretrained models and parents' runs?

Without that DVC may train a child before its parent, or not again after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from ruamel.yaml.comments import CommentedMap

from harness.config.complaints import Complaints
from harness.config.curve_key import CURVE_FAMILY, CURVE_STAGE
from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.config.strict import read_yaml
from harness.errors import ConfigError, HarnessError
from harness.training.registry import base_role


@dataclass(frozen=True)
class Need:
    """A path that all stage groups of a family must depend on."""

    family: str
    path: str
    reason: str

    @property
    def groups(self) -> tuple[str, ...]:
        """Those that train or load its recipes."""
        return (self.family, f"score_{self.family}", *([CURVE_STAGE] if self.family == CURVE_FAMILY else []))


def dependency_problems(project: Project, recipes: Mapping[str, Recipe]) -> list[HarnessError]:
    """What the groups of dvc.yaml lack for the recipes that params.yaml lists; `recipes` are those that make sense."""
    path = project.root / "dvc.yaml"
    try:
        content = read_yaml(path)
        listed = [f"{family}/{name}" for family, names in project.params.recipes.items() for name in names]
    except ConfigError:
        return []  # told as a problem of that file
    active = [recipes[name] for name in dict.fromkeys(listed) if name in recipes]
    complaints = Complaints(path, content)
    _family_circles(complaints, active)
    for need in _distinct(need for recipe in active for need in _needs(recipe)):
        for group in need.groups:
            deps = _deps(content, group)
            if deps is not None and not any(PurePosixPath(need.path).is_relative_to(dep) for dep in deps):
                what = f'"{group}" does not depend on {need.path}: {need.reason}'
                complaints.add(what, "stages", group, "deps", hint=f"add this line to its deps:\n      - {need.path}")
    return list(complaints.found)


def _needs(recipe: Recipe) -> Iterator[Need]:
    role = base_role(recipe)
    if role is not None:
        yield Need(recipe.family, f"data/bases/{role}", f"the method of {recipe.id} starts from it")
    for parent in recipe.run.parent_ids:
        if not parent.startswith(f"{recipe.family}/"):
            path = f"runs/{parent}-${{item.domain}}-${{item.seed}}/train"
            yield Need(recipe.family, path, f"{recipe.id} starts from {parent}")


def _distinct(needs: Iterator[Need]) -> list[Need]:
    """Each path once per family, with the reason of the first recipe that needs it."""
    first: dict[tuple[str, str], Need] = {}
    for need in needs:
        first.setdefault((need.family, need.path), need)
    return list(first.values())


def _deps(content: CommentedMap, group: str) -> list[str] | None:
    """None if the group is missing, which is told elsewhere."""
    stages = content.get("stages")
    stage = stages.get(group) if isinstance(stages, dict) else None
    if not isinstance(stage, dict):
        return None
    # DVC also takes `- path: {options}`
    return [str(next(iter(dep))) if isinstance(dep, dict) and dep else str(dep) for dep in stage.get("deps") or []]


def _family_circles(complaints: Complaints, active: list[Recipe]) -> None:
    """The recipes of a family share their dependencies, so a run would come to depend on itself."""
    above: dict[str, set[str]] = {}
    for recipe in active:
        above.setdefault(recipe.family, set()).update(parent.split("/")[0] for parent in recipe.run.parent_ids)
    for recipe in active:
        for parent in recipe.run.parent_ids:
            if recipe.family in _reachable(parent.split("/")[0], above):
                what = f"{recipe.id} starts from {parent}, but all of {recipe.family} would have to run before it, too"
                hint = "move one of the two to another family: the recipes of a family share the deps of their stages"
                complaints.add(what, "stages", recipe.family, hint=hint)


def _reachable(start: str, above: Mapping[str, set[str]]) -> set[str]:
    """The family `start` and those that its recipes start from, directly or not."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        family = waiting.pop()
        if family not in seen:
            seen.add(family)
            waiting += above.get(family, ())
    return seen
