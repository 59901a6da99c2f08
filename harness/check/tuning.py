"""Check that every recipe is tuned with the same effort, and still runs with the value that tuning chose."""

from __future__ import annotations

from typing import Any

from harness.config.complaints import Complaints, recipe_file
from harness.config.grid import TRIALS, Grid, grid_of, parameter_path, value_in, with_value
from harness.config.project import FAMILY_FILE, Project
from harness.config.recipe import Recipe
from harness.config.strict import read_yaml
from harness.errors import ConfigError, did_you_mean
from harness.training.contract import Method
from harness.training.refusals.misfits import misfits


def tuning_problems(project: Project, recipe: Recipe, method: Method, *, fits: bool) -> list[ConfigError]:
    """Problems of `tune` and `tuned`. `fits` says that the method accepts the recipe as it is."""
    return [*(grid_problems(project, recipe, method) if fits else []), *_tuned_problems(project, recipe)]


def grid_problems(project: Project, recipe: Recipe, method: Method) -> list[ConfigError]:
    """Reasons why `harness tune` cannot use the grid. The method must accept the recipe as it is."""
    grid = grid_of(recipe)
    if grid is None:
        return []
    path = project.root / "recipes" / f"{recipe.id}.yaml"
    path = path if "tune" in read_yaml(path) else path.with_name(FAMILY_FILE)
    complaints = Complaints(path, read_yaml(path))
    keys = ("tune", grid.parameter)
    if len(grid.values) != TRIALS:
        what = f"{recipe.id} would be tuned with {_trials(len(grid.values))}"
        expected = f"{TRIALS} values, as for every recipe: with more trials the best one is higher by chance alone"
        complaints.add(what, *keys, expected=expected)
    if list(grid.values) != sorted(set(grid.values)):
        complaints.add("the values are not in ascending order", *keys, expected="each value once, the lowest first")
    try:
        _refuse_misfit(recipe, grid, method)
    except ConfigError as error:
        complaints.add(error.what, *keys, expected=error.expected, hint=error.hint)
    return list(complaints.found)


def _refuse_misfit(recipe: Recipe, grid: Grid, method: Method) -> None:
    part, name = grid.path[0], grid.path[1]
    options = method.options_model.model_fields
    if part == "options" and name not in options:
        hint = did_you_mean(name, options)
        raise ConfigError(f'method {recipe.run.method} has no option "{name}" to tune', hint=hint)
    for value in grid.values:
        for mistake in misfits(method, with_value(recipe, grid.path, value)):
            raise ConfigError(mistake.what, expected=mistake.expected, hint=mistake.hint)
    now = value_in(recipe.run, grid.path)
    if recipe.tuned is None and isinstance(now, int | float) and not min(grid.values) <= now <= max(grid.values):
        raise ConfigError(
            f"{recipe.id} runs with {_shown(now)}, which lies outside the grid it would be tuned with",
            hint="give the recipe its own `tune` with values around that one",
        )


def _tuned_problems(project: Project, recipe: Recipe) -> list[ConfigError]:
    tuned = recipe.tuned
    if tuned is None:
        return []
    complaints = recipe_file(project.root, recipe.id, "tuned")
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
            f"tuning chose {tuned.parameter} {tuned.chosen:g}, but the recipe runs with {_shown(runs_with)}",
            "tuned",
            "chosen",
            hint=f"run `harness tune {recipe.id} --domain {tuned.domain}` again, or remove the block `tuned`",
        )
    return list(complaints.found)


def _trials(number: int) -> str:
    return "1 trial" if number == 1 else f"{number} trials"


def _shown(value: Any) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)
