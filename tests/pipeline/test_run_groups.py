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


MULTIMODAL = "title: Multi-modal\norder: 2\nrun: {}\n"


@pytest.fixture
def media_tree(tree: Path) -> Path:
    """A family with a recipe that reads pictures, one that reads rows and one that reads neither."""
    for name, kind in (("photos", "image"), ("rows", "table")):
        add_domain(tree, name)
        edit(tree / f"data/domains/{name}.yaml", "builder: table", f"media: {kind}\nbuilder: table")
    add_family(tree, "multimodal", MULTIMODAL, pixels="pixels_logistic", trees="boosting", blind="media_majority")
    for recipe, kind in (("pixels", "image"), ("trees", "table")):
        edit(tree / f"recipes/multimodal/{recipe}.yaml", "run:", f"media: [{kind}]\nrun:")
    set_everywhere(tree, "domains: [goods]", "domains: [goods]\ndomains_of: {multimodal: [photos, rows]}")
    return tree


def test_a_family_with_its_own_list_runs_on_those_domains_only(tree: Path) -> None:
    add_domain(tree, "services")
    set_everywhere(tree, "domains: [goods]", "domains: [goods, services]\ndomains_of: {baseline: [services], peft: []}")
    assert names(tree) == ["baseline", "peft"]
    found = stages(tree)
    assert [run for run in found if run.startswith("baseline")] == ["baseline/majority-services-0"]
    assert found["peft/lora-goods-0"] == "peft@lora-goods-0"  # an empty list is no list
    assert "peft/lora-services-0" in found


def test_recipes_that_read_files_run_where_such_files_are(media_tree: Path) -> None:
    assert {run: stage for run, stage in stages(media_tree).items() if run.startswith("multimodal")} == {
        "multimodal/pixels-photos-0": "multimodal-image@pixels-photos-0",
        "multimodal/trees-rows-0": "multimodal-table@trees-rows-0",
        "multimodal/blind-photos-0": "multimodal@blind-photos-0",
        "multimodal/blind-rows-0": "multimodal@blind-rows-0",
    }


def test_a_recipe_with_a_parent_keeps_to_its_files(media_tree: Path) -> None:
    edit(media_tree / "recipes/multimodal/pixels.yaml", "  train:", "  init: multimodal/blind\n  train:")
    assert names(media_tree)[2:] == ["multimodal-table", "multimodal", "multimodal-pixels"]
    assert stages(media_tree)["multimodal/pixels-photos-0"] == "multimodal-pixels@pixels-photos-0"
    assert "multimodal/pixels-rows-0" not in stages(media_tree)


def test_a_recipe_whose_files_no_domain_has_runs_nowhere(media_tree: Path) -> None:
    set_everywhere(media_tree, "[photos, rows]", "[rows]")
    assert names(media_tree)[2:] == ["multimodal"]
    assert "multimodal/pixels-rows-0" not in stages(media_tree)


def test_a_domain_for_a_few_recipes_has_groups_of_its_own(tree: Path) -> None:
    add_domain(tree, "services")
    edit(tree / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: peft/lora")
    before = stages(tree)
    set_everywhere(tree, "domains: [goods]", "domains: [goods]\nrecipes_on: {services: [peft/lora, peft/prompt]}")
    assert names(tree) == ["baseline", "peft", "peft-prompt", "peft-services", "peft-prompt-services"]
    found = stages(tree)
    assert {run: stage for run, stage in found.items() if run not in before} == {
        "peft/lora-services-0": "peft-services@lora-services-0",
        "peft/lora-services-1": "peft-services@lora-services-1",
        "peft/prompt-services-0": "peft-prompt-services@prompt-services-0",
        "peft/prompt-services-1": "peft-prompt-services@prompt-services-1",
    }
    assert {run: found[run] for run in before} == before
