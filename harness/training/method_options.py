"""The typed options of a method: what a recipe may write under `run.options`."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import ConfigDict

from harness.config.recipe import Recipe
from harness.config.strict import StrictModel, checked, refuse_all


class MethodOptions(StrictModel):
    """No options. A method with options declares a subclass and names it in `options_model`.

    Each option is a field with a type, a default and a docstring that gives its unit and range. Rules between fields
    are pydantic validators. Values are not converted: `1` is not true, `2.0` is not a whole number.
    """

    model_config = ConfigDict(strict=True)

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        """The options of a recipe, defaults filled in.

        Raises:
            ConfigError: it names every unknown option and every wrong value.
        """
        options, mistakes = checked(cls, recipe.run.options, under=("run", "options"))
        refuse_all([mistake.located(Path(f"recipes/{recipe.id}.yaml")) for mistake in mistakes])
        assert options is not None
        return options
