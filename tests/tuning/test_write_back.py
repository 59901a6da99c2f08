from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.config.tuned import Tried, Tuned
from harness.tuning.write_back import write_tuned
from tests.mini_tree import edit, told, write_mini_tree

RECIPE = """\
# python -m harness train peft/lora
about:
  title: A recipe
run:
  method: lora
  train:
    learning_rate: 1e-3 # ten times that of full fine-tuning
    optim: adamw_torch
tune: {learning_rate: [3e-4, 1e-3, 3e-3]} # half a decade apart
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = write_mini_tree(tmp_path) / "recipes/peft/lora.yaml"
    path.write_text(RECIPE)
    return path


def outcome(chosen: float, *, parameter: str = "learning_rate", grid: tuple[float, ...] = (3e-4, 1e-3, 3e-3)) -> Tuned:
    trials = [Tried(value=value, validation_score=0.5 + 0.1 * (value == chosen), seconds=61.26) for value in grid]
    return Tuned(
        on=date(2026, 11, 23),
        domain="goods",
        seed=0,
        base_model="tiny",
        metric="accuracy",
        items=200,
        parameter=parameter,
        grid=list(grid),
        trials=trials,
        chosen=chosen,
        validation_score=0.6,
    )


def test_the_chosen_value_is_written_as_the_grid_spells_it_and_comments_stay(recipe: Path) -> None:
    assert write_tuned(recipe, outcome(3e-4))
    text = recipe.read_text()
    changed = "learning_rate: 3e-4 # ten times that of full fine-tuning"
    assert text.startswith(RECIPE.replace("learning_rate: 1e-3 # ten times that of full fine-tuning", changed))
    assert "  grid: [3e-4, 1e-3, 3e-3]\n" in text
    assert "- {value: 3e-4, validation_score: 0.6, seconds: 61}\n" in text


def test_the_written_evidence_is_read_back_unchanged(recipe: Path) -> None:
    wanted = outcome(3e-3)
    write_tuned(recipe, wanted)
    found = Project(recipe.parents[2]).recipe("peft/lora")
    assert found.run.train is not None
    assert found.run.train.learning_rate == 3e-3
    rounded = [trial.model_copy(update={"seconds": 61.0}) for trial in wanted.trials]
    assert found.tuned == wanted.model_copy(update={"trials": rounded})
    assert told(recipe.parents[2]) == []


def test_a_value_that_is_there_already_changes_nothing_in_run(recipe: Path) -> None:
    assert not write_tuned(recipe, outcome(1e-3))
    assert recipe.read_text().startswith(RECIPE)


def test_tuning_again_replaces_the_evidence(recipe: Path) -> None:
    write_tuned(recipe, outcome(3e-4))
    write_tuned(recipe, outcome(3e-3))
    text = recipe.read_text()
    assert text.count("tuned:") == 1
    assert text.count("- {value:") == 3


def test_a_failed_trial_keeps_its_reason(recipe: Path) -> None:
    good = outcome(1e-3)
    failed = Tried(value=3e-3, failed="diverged: the loss became nan at step 3", seconds=2)
    write_tuned(recipe, good.model_copy(update={"trials": [*good.trials[:2], failed]}))
    tuned = Project(recipe.parents[2]).recipe("peft/lora").tuned
    assert tuned is not None
    assert tuned.trials[2] == failed


def test_a_grid_in_the_family_file_works_and_the_family_file_stays_unchanged(recipe: Path) -> None:
    edit(recipe, "  train:\n    learning_rate: 1e-3 # ten times that of full fine-tuning\n    optim: adamw_torch\n", "")
    edit(recipe, "tune: {learning_rate: [3e-4, 1e-3, 3e-3]} # half a decade apart\n", "")
    family = recipe.with_name("_family.yaml")
    family.write_text(family.read_text().replace("weight_decay: 0.1", "weight_decay: 0.1\n    learning_rate: 1e-2"))
    family.write_text(family.read_text() + "tune: {learning_rate: [3e-4, 1e-3, 3e-3]}\n")
    before = family.read_text()
    assert write_tuned(recipe, outcome(1e-3))
    assert family.read_text() == before
    assert "  train:\n    learning_rate: 1e-3\n" in recipe.read_text()
    train = Project(recipe.parents[2]).recipe("peft/lora").run.train
    assert train is not None
    assert (train.learning_rate, train.weight_decay) == (1e-3, 0.1)


def test_a_whole_number_stays_a_whole_number(recipe: Path) -> None:
    edit(recipe, "  train:", "  peft: {r: 8}\n  train:")
    edit(recipe, "tune: {learning_rate: [3e-4, 1e-3, 3e-3]}", "tune: {peft.r: [4, 8, 16]}")
    write_tuned(recipe, outcome(16, parameter="peft.r", grid=(4, 8, 16)))
    rank = Project(recipe.parents[2]).recipe("peft/lora").run.peft["r"]
    assert rank == 16
    assert isinstance(rank, int)
