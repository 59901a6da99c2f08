from __future__ import annotations

import pytest

from harness.check.problems import problems
from harness.config.project import Project
from harness.config.reference import reference_of
from harness.errors import ConfigError
from tests.tree import ROOT


def mark(project: Project, recipe_id: str) -> Project:
    path = project.root / "recipes" / f"{recipe_id}.yaml"
    path.write_text(path.read_text().replace("about:\n", "about:\n  reference: true\n", 1))
    return Project(project.root)


def test_the_reference_of_this_repository_is_zero_shot_prompting() -> None:
    project = Project(ROOT)
    assert reference_of(map(project.recipe, project.recipe_ids)) == "baseline/zero_shot"


def test_without_a_marked_recipe_there_is_no_reference(project: Project) -> None:
    assert reference_of([project.recipe("peft/lora")]) is None


def test_two_references_are_refused_with_their_names(project: Project) -> None:
    marked = mark(project, "peft/lora")
    with pytest.raises(ConfigError, match="several recipes are the reference of the board") as raised:
        reference_of(map(marked.recipe, marked.recipe_ids))
    assert "baseline/zero_shot, peft/lora" in raised.value.what
    assert raised.value.where == "recipes/peft/lora.yaml: about.reference"
    assert any("several recipes are the reference" in str(problem) for problem in problems(marked))


def test_a_recipe_has_the_sections_of_its_family_unless_it_names_its_own(project: Project) -> None:
    assert project.recipe("multitask/uniform").about.sections == ["transfer"]
    assert project.recipe("sft/full").about.sections == []
    path = project.root / "recipes/multitask/uniform.yaml"
    path.write_text(path.read_text().replace("about:\n", "about:\n  sections: []\n", 1))
    assert Project(project.root).recipe("multitask/uniform").about.sections == []
