from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.project import Project
from harness.pipeline.run_groups import run_groups, train_stages
from tests.mini_tree import add_domain, add_family, edit, set_everywhere, write_mini_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_mini_tree(tmp_path)


def names(root: Path) -> list[str]:
    return [group.name for group in run_groups(Project(root))]


def stages(root: Path) -> dict[str, str]:
    return {run.id: stage for run, stage in train_stages(Project(root)).items()}


def test_a_family_without_parents_is_one_group_in_the_order_of_the_families(tree: Path) -> None:
    assert names(tree) == ["baseline", "peft"]
    edit(tree / "recipes/peft/_family.yaml", "order: 1", "order: -1")
    assert names(tree) == ["peft", "baseline"]


def test_every_run_has_a_stage_that_is_called_like_it(tree: Path) -> None:
    assert stages(tree) == {
        "baseline/majority-goods-0": "baseline@majority-goods-0",
        "peft/lora-goods-0": "peft@lora-goods-0",
        "peft/lora-goods-1": "peft@lora-goods-1",
        "peft/prompt-goods-0": "peft@prompt-goods-0",
        "peft/prompt-goods-1": "peft@prompt-goods-1",
    }


def test_a_recipe_with_parents_has_a_group_of_its_own(tree: Path) -> None:
    edit(tree / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: peft/lora")
    alone, child = run_groups(Project(tree))[1:]
    assert (alone.name, [recipe.name for recipe in alone.recipes]) == ("peft", ["lora"])
    assert (child.name, [recipe.name for recipe in child.recipes]) == ("peft-prompt", ["prompt"])
    assert stages(tree)["peft/prompt-goods-1"] == "peft-prompt@prompt-goods-1"


def test_a_family_that_params_yaml_does_not_list_has_no_group(tree: Path) -> None:
    edit(tree / "params.yaml", "  baseline: [majority]\n", "")
    assert names(tree) == ["peft"]


def test_a_family_without_recipe_files_has_no_group(tree: Path) -> None:
    add_family(tree, "rlhf", "title: RLHF\norder: 5\nrun: {}\n")
    assert names(tree) == ["baseline", "peft"]


def test_a_family_on_sequences_has_a_group_for_each_step_and_for_each_child_in_it(tree: Path) -> None:
    add_domain(tree, "services")
    family = "title: Continual\norder: 2\nruns_on: sequences\nrun: {}\n"
    add_family(tree, "continual", family, naive="lora", replay="lora")
    set_everywhere(tree, "sequences: {}", "sequences: {trade: [goods, services]}")
    assert names(tree)[2:] == ["continual-1-goods", "continual-2-goods-services"]
    edit(tree / "recipes/continual/replay.yaml", "method: lora", "method: lora\n  init: peft/lora")
    assert names(tree)[2:] == [
        "continual-1-goods",
        "continual-replay-1-goods",
        "continual-2-goods-services",
        "continual-replay-2-goods-services",
    ]
    found = stages(tree)
    assert found["continual/naive-goods+services-0"] == "continual-2-goods-services@naive-0"
    assert found["continual/replay-goods-0"] == "continual-replay-1-goods@replay-0"
