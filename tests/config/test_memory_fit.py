"""Memory settings of a profile: the same training in smaller parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.memory_fit import MemoryFit, fitted
from harness.config.params import Params
from harness.config.project import Project
from harness.config.recipe import Train
from harness.config.strict import load
from harness.errors import ConfigError
from tests.mini_tree import edit
from tests.tree import copy_tree


def train_of(project: Project, recipe: str) -> Train:
    train = project.recipe(recipe).run.train
    assert train is not None
    return train


def with_memory(tmp_path: Path, memory: str) -> Project:
    project = copy_tree(tmp_path)
    edit(project.root / "params.yaml", "  max_length: 256\n", f"  max_length: 256\n  memory: {memory}\n")
    return Project(project.root)


def test_a_familys_setting_divides_the_batch_and_keeps_the_rows_of_an_update(tmp_path: Path) -> None:
    train = train_of(with_memory(tmp_path, "{peft: {max_batch_size: 4}}"), "peft/lora")
    assert (train.per_device_train_batch_size, train.gradient_accumulation_steps) == (4, 4)


def test_a_recipes_entry_replaces_that_of_its_family(tmp_path: Path) -> None:
    memory = "{peft: {max_batch_size: 4}, peft/dora: {activation_checkpointing: true}}"
    train = train_of(with_memory(tmp_path, memory), "peft/dora")
    assert (train.per_device_train_batch_size, train.activation_checkpointing) == (16, True)


def test_a_batch_that_is_small_enough_stays(project: Project) -> None:
    recipe = project.recipe("peft/lora")
    assert fitted(recipe, {"peft": MemoryFit(max_batch_size=32)}) == recipe


@pytest.mark.parametrize(("most", "batch", "passes"), [(5, 4, 4), (15, 8, 2), (1, 1, 16)])
def test_the_parts_of_an_update_are_equal(project: Project, most: int, batch: int, passes: int) -> None:
    train = fitted(project.recipe("peft/lora"), {"peft": MemoryFit(max_batch_size=most)}).run.train
    assert train is not None
    assert (train.per_device_train_batch_size, train.gradient_accumulation_steps) == (batch, passes)


def test_a_recipe_that_trains_nothing_stays(project: Project) -> None:
    recipe = project.recipe("baseline/tfidf")
    assert fitted(recipe, {"baseline": MemoryFit(optim="adamw_8bit")}) is recipe


def test_a_learning_rate_is_no_memory_setting(tmp_path: Path) -> None:
    project = with_memory(tmp_path, "{peft: {learning_rate: 1e-4}}")
    with pytest.raises(ConfigError, match="learning_rate"):
        load(Params, project.root / "params.yaml")


def test_records_hold_the_budget_without_memory_settings(tmp_path: Path) -> None:
    project = with_memory(tmp_path, "{peft: {optim: adamw_8bit}}")
    assert set(project.params.budget.model_dump()) == {"train_examples", "epochs", "max_length"}
