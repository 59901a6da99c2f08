"""The grid of a recipe: which key below `run` a parameter names, and the recipe with another value of that key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.recipe import Recipe, Run, Train
from harness.config.strict import parse
from harness.config.tuned import Value
from harness.errors import ConfigError, did_you_mean

TRIALS = 3
"""Number of values in every grid. With more trials a recipe finds a better value by chance alone, so unequal numbers
would compare tuning budgets instead of methods (Dodge et al. 2019, arXiv 1909.03004)."""

PARTS = ("train", "options", "peft")
"""Parts of `run` that can hold a tuned parameter."""


@dataclass(frozen=True)
class Grid:
    """The parameter to tune, and the values to try."""

    parameter: str
    """Name as in the recipe: `learning_rate`, `peft.r`."""
    values: tuple[Value, ...]

    @property
    def path(self) -> tuple[str, ...]:
        """Keys below `run` that lead to the parameter."""
        return parameter_path(self.parameter)


def grid_of(recipe: Recipe) -> Grid | None:
    """The declared grid. None: the recipe has none, because it trains nothing or its method tunes itself."""
    if recipe.tune is None:
        return None
    ((parameter, values),) = recipe.tune.items()
    return Grid(parameter, tuple(values))


def parameter_path(parameter: str) -> tuple[str, ...]:
    """`learning_rate` -> ("train", "learning_rate"); `peft.r` -> ("peft", "r").

    Raises:
        ConfigError: the parameter cannot be tuned.
    """
    part, dot, rest = parameter.partition(".")
    if not dot:
        part, rest = "train", parameter
    if part not in PARTS or not rest:
        hint = f"write it as `part.name`, such as `peft.r`; the parts are {', '.join(PARTS)}"
        raise ConfigError(f'"{parameter}" cannot be tuned', hint=hint)
    if part == "train" and rest not in Train.model_fields:
        hint = did_you_mean(rest, [*Train.model_fields, *(f"{name}." for name in PARTS)])
        raise ConfigError(f'"{parameter}" cannot be tuned', hint=hint)
    return (part, *rest.split("."))


def value_in(run: Run, path: tuple[str, ...]) -> Any:
    """The value at the keys `path` below `run`; None if there is none."""
    node: Any = run.model_dump()
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def with_value(recipe: Recipe, path: tuple[str, ...], value: Value) -> Recipe:
    """The recipe with another value at the keys `path` below `run`.

    Raises:
        ConfigError: `run` lacks a key above the last one, or the value is out of range.
    """
    run: dict[str, Any] = recipe.run.model_dump()
    node = run
    for key in path[:-1]:
        inner = node.get(key)
        if not isinstance(inner, dict):
            what = f"`run.{key}` is missing, so `{'.'.join(path)}` cannot be tuned"
            raise ConfigError(what, where=f"recipes/{recipe.id}.yaml")
        node = inner
    node[path[-1]] = value
    changed = parse(Run, run, where=Path("recipes") / f"{recipe.id}.yaml")
    return recipe.model_copy(update={"run": changed})
