"""Is every recipe tuned alike, and does it still run with the value that was chosen?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.config.complaints import Complaints
from harness.config.grid import TRIALS, Grid, grid_of, parameter_path, value_in, with_value
from harness.config.project import FAMILY_FILE, Project
from harness.config.recipe import Recipe
from harness.config.strict import read_yaml
from harness.errors import ConfigError, did_you_mean


def tuning_problems(project: Project, recipe: Recipe, options: Mapping[str, Any]) -> list[ConfigError]:
    """What is wrong with `tune` and `tuned`; `options` are those that the recipe's method knows."""
    return [*grid_problems(project, recipe, options), *_tuned_problems(project, recipe)]


def grid_problems(project: Project, recipe: Recipe, options: Mapping[str, Any]) -> list[ConfigError]:
    """What `harness tune` would stumble over: another number of values, no ladder, an unknown parameter."""
    grid = grid_of(recipe)
    if grid is None:
        return []
    path = project.root / "recipes" / f"{recipe.id}.yaml"
    path = path if "tune" in read_yaml(path) else path.with_name(FAMILY_FILE)
    complaints = Complaints(path, read_yaml(path))
    keys = ("tune", grid.parameter)
    if len(grid.values) != TRIALS:
        what = f"{recipe.id} would be tuned with {_trials(len(grid.values))}"
        complaints.add(what, *keys, expected=f"{TRIALS} values, as every recipe: more trials find more by luck alone")
    if list(grid.values) != sorted(set(grid.values)):
        complaints.add("the values do not ascend", *keys, expected="each once, the lowest first")
    try:
        _refuse_misfit(recipe, grid, options)
    except ConfigError as error:
        complaints.add(error.what, *keys, expected=error.expected, hint=error.hint)
    return list(complaints.found)


def _refuse_misfit(recipe: Recipe, grid: Grid, options: Mapping[str, Any]) -> None:
    part, name = grid.path[0], grid.path[-1]
    if part == "options" and name not in options:
        raise ConfigError(
            f'method {recipe.run.method} has no option "{name}" to tune', hint=did_you_mean(name, options)
        )
    for value in grid.values:
        with_value(recipe, grid.path, value)
    now = value_in(recipe.run, grid.path)
    if recipe.tuned is None and isinstance(now, int | float) and not min(grid.values) <= now <= max(grid.values):
        raise ConfigError(
            f"{recipe.id} runs with {_shown(now)}, which lies outside the grid it would be tuned with",
            hint="give the recipe a `tune` of its own around that value",
        )


def _tuned_problems(project: Project, recipe: Recipe) -> list[ConfigError]:
    tuned = recipe.tuned
    if tuned is None:
        return []
    path = project.root / "recipes" / f"{recipe.id}.yaml"
    complaints = Complaints(path, read_yaml(path))
    if len(tuned.grid) != TRIALS:
        what = f"{recipe.id} was tuned with {_trials(len(tuned.grid))}, and every recipe has {TRIALS}"
        complaints.add(what, "tuned", "grid", hint="run `harness tune` again")
    try:
        keys = parameter_path(tuned.parameter)
    except ConfigError as error:
        complaints.add(error.what, "tuned", "parameter", hint=error.hint)
        return list(complaints.found)
    runs_with = value_in(recipe.run, keys)
    if runs_with != tuned.chosen:
        complaints.add(
            f"tuned for {tuned.parameter} {tuned.chosen:g}, runs with {_shown(runs_with)}",
            "tuned",
            "chosen",
            hint=f"`harness tune {recipe.id} --domain {tuned.domain}` again, or drop the block `tuned`",
        )
    return list(complaints.found)


def _trials(number: int) -> str:
    return "1 trial" if number == 1 else f"{number} trials"


def _shown(value: Any) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)
