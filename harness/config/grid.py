"""The grid of a recipe: which part of `run` a parameter's name means, and `run` with another value there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.recipe import Recipe, Run, Train
from harness.config.strict import parse
from harness.config.tuned import Value
from harness.errors import ConfigError, did_you_mean

TRIALS = 3
"""Values in every grid. The same for all: whoever may try more often finds the better value by luck alone, and the
board would compare tuning budgets instead of methods (Dodge et al. 2019, arXiv 1909.03004)."""

PARTS = ("train", "options", "peft")
"""Of `run`, in which a tuned parameter can stand."""


@dataclass(frozen=True)
class Grid:
    """What is tried."""

    parameter: str
    """As the recipe spells it: `learning_rate`, `peft.r`."""
    values: tuple[Value, ...]

    @property
    def path(self) -> tuple[str, ...]:
        """Keys below `run`."""
        return parameter_path(self.parameter)


def grid_of(recipe: Recipe) -> Grid | None:
    """The declared grid; null where there is none, since nothing is trained or the method tunes itself."""
    if recipe.tune is None:
        return None
    ((parameter, values),) = recipe.tune.items()
    return Grid(parameter, tuple(values))


def parameter_path(parameter: str) -> tuple[str, ...]:
    """`learning_rate` -> ("train", "learning_rate"); `peft.r` -> ("peft", "r").

    Raises:
        ConfigError: it names nothing that can be tuned.
    """
    part, dot, rest = parameter.partition(".")
    if not dot:
        part, rest = "train", parameter
    if part not in PARTS or not rest:
        hint = f"write it as below `run`, which must be one of {', '.join(PARTS)}: `peft.r`"
        raise ConfigError(f'"{parameter}" is nothing that can be tuned', hint=hint)
    if part == "train" and rest not in Train.model_fields:
        hint = did_you_mean(rest, [*Train.model_fields, *(f"{name}." for name in PARTS)])
        raise ConfigError(f'"{parameter}" is nothing that can be tuned', hint=hint)
    return (part, *rest.split("."))


def value_in(run: Run, path: tuple[str, ...]) -> Any:
    """What stands there now; null if nothing does."""
    node: Any = run.model_dump()
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def with_value(recipe: Recipe, path: tuple[str, ...], value: Value) -> Recipe:
    """The recipe that runs with another value.

    Raises:
        ConfigError: there is no place for it, or it is out of range.
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
