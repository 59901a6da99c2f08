"""The recipe that every difference on the board is taken to."""

from __future__ import annotations

from collections.abc import Iterable

from harness.config.recipe import Recipe
from harness.errors import ConfigError


def reference_of(recipes: Iterable[Recipe]) -> str | None:
    """Id of the recipe that differences are taken to; null if none is marked `reference: true`.

    Raises:
        ConfigError: several recipes are.
    """
    found = sorted(recipe.id for recipe in recipes if recipe.about.reference)
    if len(found) > 1:
        raise ConfigError(
            f"several recipes are the reference of the board: {', '.join(found)}",
            where=f"recipes/{found[1]}.yaml: about.reference",
            expected="one recipe with `reference: true`",
            hint="remove `reference: true` from the others",
        )
    return found[0] if found else None
