from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.pipeline.generated_section import write_section
from tests.mini_tree import RECIPE, edit, only, set_everywhere, told, write_mini_tree


@pytest.fixture
def child(tmp_path: Path) -> Path:
    """A tree in which peft/prompt starts from baseline/majority, which runs with the seeds of peft."""
    root = write_mini_tree(tmp_path)
    (root / "recipes/baseline/majority.yaml").write_text(RECIPE.format(method="lora"))  # a model to continue from
    edit(root / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: baseline/majority")
    set_everywhere(root, "baseline: [0]", "baseline: [0, 1]")
    write_section(Project(root))
    assert told(root) == []
    return root


def test_a_parent_that_does_not_exist_is_reported_with_its_line(child: Path) -> None:
    edit(child / "recipes/peft/prompt.yaml", "majority", "majoriti")
    assert only(child).startswith('recipes/peft/prompt.yaml:5: unknown parent recipe "baseline/majoriti"')


def test_a_parent_must_run_with_the_seeds_of_its_child(child: Path) -> None:
    edit(child / "params.yaml", "baseline: [0, 1]", "baseline: [0]")
    problem = only(child)
    assert "peft/prompt starts from baseline/majority, which does not run with seed 1" in problem
    assert re.match(r"params\.yaml:\d+: ", problem)


def test_a_parent_must_be_listed(child: Path) -> None:
    edit(child / "params.yaml", "baseline: [majority]", "baseline: []")
    problem = only(child)
    assert "peft/prompt starts from baseline/majority, which does not run\n" in problem
    assert "hint: add majority to recipes.baseline" in problem


def test_a_parent_of_which_only_another_domain_runs_is_reported(child: Path) -> None:
    edit(child / "recipes/baseline/_family.yaml", "order: 0", "order: 0\nruns_on: sequences")
    edit(child / "params.yaml", "sequences: {}", "sequences: {}\nskip: {}")
    found = [problem for problem in told(child) if "which does not run on goods" in problem]
    assert found
    assert all("only steps of a sequence do" in problem for problem in found)


def test_a_child_that_is_not_listed_needs_no_parent(child: Path) -> None:
    edit(child / "params.yaml", "peft: [lora, prompt]", "peft: [lora]")
    edit(child / "params.yaml", "baseline: [majority]", "baseline: []")
    write_section(Project(child))
    assert told(child) == []


def test_a_parent_of_the_same_family_runs_before_its_child(child: Path) -> None:
    edit(child / "recipes/peft/prompt.yaml", "init: baseline/majority", "init: peft/lora")
    write_section(Project(child))
    assert told(child) == []


def test_recipes_that_start_from_each_other_are_reported(child: Path) -> None:
    edit(child / "recipes/peft/prompt.yaml", "init: baseline/majority", "init: peft/lora")
    edit(child / "recipes/peft/lora.yaml", "method: lora", "method: lora\n  init: peft/prompt")
    assert "the parents form a circle: peft/lora -> peft/prompt -> peft/lora" in only(child)
