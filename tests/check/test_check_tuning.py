from __future__ import annotations

from pathlib import Path

import pytest

from tests.mini_tree import edit, only, told, write_mini_tree

GRID = "tune: {learning_rate: [3e-4, 1e-3, 3e-3]}\n"
TUNED = """\
tuned:
  on: 2026-11-23
  domain: goods
  seed: 0
  base_model: tiny
  metric: accuracy
  items: 10
  parameter: learning_rate
  grid: [3e-4, 1e-3, 3e-3]
  trials:
    - {value: 3e-4, validation_score: 0.5, seconds: 1}
    - {value: 1e-3, validation_score: 0.6, seconds: 1}
    - {value: 3e-3, failed: diverged, seconds: 1}
  chosen: 1e-3
  validation_score: 0.6
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_mini_tree(tmp_path)


def add(tree: Path, text: str, *, to: str = "lora") -> None:
    path = tree / f"recipes/peft/{to}.yaml"
    path.write_text(path.read_text() + text)


def test_a_grid_and_its_outcome_are_fine(tree: Path) -> None:
    add(tree, GRID + TUNED)
    add(tree, GRID, to="_family")
    assert told(tree) == []


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ("{learning_rate: [3e-4, 1e-3]}", "recipes/peft/lora.yaml:7: peft/lora would be tuned with 2 trials"),
        ("{learning_rate: [1e-3, 3e-4, 3e-3]}", "recipes/peft/lora.yaml:7: the values are not in ascending order"),
        ("{learning_rate: [1e-3, 1e-3, 3e-3]}", "recipes/peft/lora.yaml:7: the values are not in ascending order"),
        ("{learning_rate: [1e-3, 3e-3, 30]}", 'recipes/peft/lora.yaml:7: "train.learning_rate" is 30'),
        ("{learning_rat: [1e-3, 3e-3, 1e-2]}", 'recipes/peft/lora.yaml:7: "learning_rat" cannot be tuned'),
        ("{budget.epochs: [1, 2, 3]}", 'recipes/peft/lora.yaml:7: "budget.epochs" cannot be tuned'),
        ("{options.alpha: [1, 2, 3]}", 'recipes/peft/lora.yaml:7: method lora has no option "alpha" to tune'),
        ("{peft.rank: [1, 2, 3]}", 'recipes/peft/lora.yaml:7: peft.LoraConfig has no argument "rank"'),
        (
            "{learning_rate: [1e-3, 3e-3, ten]}",
            "recipes/peft/lora.yaml:7: \"tune.learning_rate.2\" is 'ten'\n  expected: a number",
        ),
        ("{learning_rate: [1, 2, 3], weight_decay: [0, 1, 2]}", "recipes/peft/lora.yaml:7: "),
    ],
)
def test_a_grid_that_cannot_be_tried_is_told_with_its_line(tree: Path, grid: str, message: str) -> None:
    add(tree, f"tune: {grid}\n")
    assert only(tree).startswith(message)


def test_every_value_of_a_grid_over_an_option_must_be_possible(tree: Path) -> None:
    (tree / "harness/methods/adapter.py").touch()
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: adapter")
    add(tree, "tune: {options.bottleneck: [4, 8, 16]}\n")
    assert told(tree) == []
    edit(tree / "recipes/peft/lora.yaml", "[4, 8, 16]", "[0, 8, 16]")
    assert only(tree) == (
        'recipes/peft/lora.yaml:7: "run.options.bottleneck" is 0\n  expected: greater than or equal to 1'
    )


def test_a_wrong_grid_of_the_family_is_told_where_it_is_written(tree: Path) -> None:
    add(tree, "tune: {learning_rate: [1e-3]}\n", to="_family")
    found = told(tree)
    assert [problem.splitlines()[0] for problem in found] == [
        "recipes/peft/_family.yaml:6: peft/lora would be tuned with 1 trial",
        "recipes/peft/_family.yaml:6: peft/prompt would be tuned with 1 trial",
    ]


def test_a_recipe_may_decline_the_grid_of_its_family(tree: Path) -> None:
    add(tree, "tune: {learning_rate: [1e-3]}\n", to="_family")
    add(tree, "tune: null\n")
    add(tree, GRID, to="prompt")
    assert told(tree) == []


def test_a_grid_that_was_inherited_from_the_family_and_does_not_fit_is_told(tree: Path) -> None:
    add(tree, GRID, to="_family")
    edit(tree / "recipes/peft/prompt.yaml", "learning_rate: 1e-3", "learning_rate: 3e-1")
    what = "peft/prompt runs with 0.3, which lies outside the grid it would be tuned with"
    assert only(tree).startswith(f"recipes/peft/_family.yaml:6: {what}")


def test_a_value_that_was_changed_after_tuning_is_told(tree: Path) -> None:
    add(tree, GRID + TUNED)
    edit(tree / "recipes/peft/lora.yaml", "    learning_rate: 1e-3", "    learning_rate: 2e-3")
    assert only(tree) == (
        "recipes/peft/lora.yaml:21: tuning chose learning_rate 0.001, but the recipe runs with 0.002\n"
        "  hint: run `harness tune peft/lora --domain goods` again, or remove the block `tuned`"
    )


def test_an_outcome_of_another_number_of_trials_is_told(tree: Path) -> None:
    fewer = TUNED.replace(", 3e-3]", "]").replace("    - {value: 3e-3, failed: diverged, seconds: 1}\n", "")
    add(tree, GRID + fewer)
    assert only(tree).startswith("recipes/peft/lora.yaml:16: peft/lora was tuned with 2 trials, and every recipe has 3")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("chosen: 1e-3", "chosen: 2e-3", "`chosen` is not in `grid`"),
        (
            "grid: [3e-4, 1e-3, 3e-3]\n  trials",
            "grid: [3e-4, 1e-3, 1e-2]\n  trials",
            "the values of `trials` differ from `grid`",
        ),
        ("failed: diverged, ", "", "give either `validation_score` or `failed`"),
    ],
)
def test_an_outcome_that_contradicts_itself_is_refused(tree: Path, old: str, new: str, message: str) -> None:
    add(tree, TUNED)
    edit(tree / "recipes/peft/lora.yaml", old, new)
    assert message in only(tree)
