"""Options are checked by type, without conversions, and every mistake is named."""

from typing import Any

import pytest
from pydantic import Field

from harness.config.recipe import Recipe
from harness.config.strict import SeveralMistakesError
from harness.errors import ConfigError
from harness.training.method_options import MethodOptions
from harness.training.registry import get_method, method_names
from tests.tree import ROOT


class Options(MethodOptions):
    """Two options."""

    steps: int = Field(default=3, ge=1)
    """Number of steps."""
    careful: bool = False
    """Whether to look twice."""


def recipe(options: dict[str, Any]) -> Recipe:
    run = {"method": "x", "options": options}
    return Recipe.model_validate({"family": "new", "name": "one", "about": {"title": "t"}, "run": run})


def test_defaults_are_filled_in() -> None:
    assert Options.of(recipe({"steps": 5})) == Options(steps=5, careful=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"step": 5}, 'unknown key "run.options.step"\n  hint: did you mean "steps"?'),
        ({"steps": 0}, '"run.options.steps" is 0\n  expected: greater than or equal to 1'),
        ({"steps": True}, '"run.options.steps" is True\n  expected: a whole number'),
        ({"steps": 2.0}, '"run.options.steps" is 2.0\n  expected: a whole number'),
        ({"steps": "2"}, "\"run.options.steps\" is '2'\n  expected: a whole number"),
        ({"careful": 1}, '"run.options.careful" is 1\n  expected: true or false'),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Options.of(recipe(options))
    assert str(raised.value) == f"recipes/new/one.yaml: {message}"


def test_all_wrong_options_are_named() -> None:
    with pytest.raises(SeveralMistakesError) as raised:
        Options.of(recipe({"step": 5, "steps": 0}))
    assert len(raised.value.each) == 2


@pytest.mark.parametrize("name", method_names(ROOT))
def test_every_option_of_every_method_has_a_description(name: str) -> None:
    for option, field in get_method(name).options_model.model_fields.items():
        assert field.description, f"{name}.{option}"
