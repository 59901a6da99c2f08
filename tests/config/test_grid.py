from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.grid import grid_of, parameter_path, value_in, with_value
from harness.config.project import Project
from harness.errors import ConfigError
from tests.mini_tree import edit, write_mini_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = write_mini_tree(tmp_path)
    path = root / "recipes/peft/lora.yaml"
    path.write_text(path.read_text() + "tune: {learning_rate: [3e-4, 1e-3, 3e-3]}\n")
    return root


@pytest.mark.parametrize(
    ("parameter", "path"),
    [
        ("learning_rate", ("train", "learning_rate")),
        ("train.weight_decay", ("train", "weight_decay")),
        ("peft.r", ("peft", "r")),
        ("options.loss.beta", ("options", "loss", "beta")),
    ],
)
def test_a_name_is_a_place_below_run(parameter: str, path: tuple[str, ...]) -> None:
    assert parameter_path(parameter) == path


def test_another_value_gives_another_recipe_and_leaves_the_first_alone(tree: Path) -> None:
    recipe = Project(tree).recipe("peft/lora")
    grid = grid_of(recipe)
    assert grid is not None
    changed = with_value(recipe, grid.path, 3e-3)
    assert value_in(changed.run, grid.path) == 3e-3
    assert value_in(recipe.run, grid.path) == 1e-3
    assert changed.run.train is not None
    assert changed.run.train.weight_decay == 0.1


def test_a_value_out_of_range_is_refused(tree: Path) -> None:
    with pytest.raises(ConfigError, match=r'"train.learning_rate" is 20'):
        with_value(Project(tree).recipe("peft/lora"), ("train", "learning_rate"), 20)


def test_a_place_that_is_not_there_is_refused(tree: Path) -> None:
    edit(tree / "recipes/peft/_family.yaml", "run:\n  train:\n    weight_decay: 0.1\n", "run: {}\n")
    edit(tree / "recipes/peft/lora.yaml", "  train:\n    learning_rate: 1e-3\n", "")
    with pytest.raises(ConfigError, match=r"`run\.train` is missing"):
        with_value(Project(tree).recipe("peft/lora"), ("train", "learning_rate"), 1e-3)


def test_what_is_declared_or_found_is_no_part_of_what_runs(tree: Path) -> None:
    recipe = Project(tree).recipe("peft/lora")
    assert recipe.tune is not None
    assert {"tune", "tuned"}.isdisjoint(recipe.run.model_dump())
