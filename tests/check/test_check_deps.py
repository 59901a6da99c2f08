from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.mini_tree import edit, only, told, write_mini_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_mini_tree(tmp_path)


DEP = "runs/baseline/majority-${item.domain}-${item.seed}/train"


@pytest.fixture
def child(tree: Path) -> Path:
    """A tree in which peft/prompt starts from baseline/majority, and dvc.yaml does not know."""
    use_base_model(tree)
    edit(tree / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: baseline/majority")
    for settings in ("params.yaml", "harness/profiles/tiny.yaml"):
        edit(tree / settings, "baseline: [0]", "baseline: [0, 1]")
    return tree


def use_base_model(tree: Path) -> None:
    """Let baseline/majority use a pretrained model, so that another recipe can start from its run."""
    (tree / "harness/methods/zero_shot.py").touch()
    edit(tree / "recipes/baseline/majority.yaml", "method: majority", "method: zero_shot")
    depend(tree, "data/bases/causal_lm", "baseline", "score_baseline")


def depend(root: Path, path: str, *groups: str) -> None:
    """Put `path` first among the deps of the groups."""
    for group in groups:
        text = (root / "dvc.yaml").read_text()
        start = text.index("deps: [", text.index(f"  {group}:\n")) + len("deps: [")
        (root / "dvc.yaml").write_text(f'{text[:start]}"{path}", {text[start:]}')


def test_both_groups_must_depend_on_the_run_of_a_parent(child: Path) -> None:
    reason = "peft/prompt starts from baseline/majority"
    hint = f"add this line to its deps:\n      - {DEP}"
    first, second = told(child)
    assert re.fullmatch(r"dvc\.yaml:\d+", first.split(": ")[0])
    assert first.partition(": ")[2] == f'"peft" does not depend on {DEP}: {reason}\n  hint: {hint}'
    assert second.partition(": ")[2] == f'"score_peft" does not depend on {DEP}: {reason}\n  hint: {hint}'
    depend(child, DEP, "peft")
    assert '"score_peft" does not depend on' in only(child)
    depend(child, DEP, "score_peft")
    assert told(child) == []


@pytest.mark.parametrize("path", ["runs/baseline", "runs/baseline/majority-${item.domain}-${item.seed}/"])
def test_a_folder_around_the_run_of_a_parent_will_do(child: Path, path: str) -> None:
    depend(child, path, "peft", "score_peft")
    assert told(child) == []


def test_the_run_of_another_recipe_will_not_do(child: Path) -> None:
    depend(child, DEP.replace("majority", "majority2"), "peft", "score_peft")
    assert len(told(child)) == 2


def test_a_child_that_is_not_listed_needs_nothing_of_dvc_yaml(child: Path) -> None:
    edit(child / "params.yaml", "peft: [lora, prompt]", "peft: [lora]\nskip: {peft/prompt: no time}")
    assert told(child) == []


def test_both_groups_must_depend_on_the_base_of_their_methods(tree: Path) -> None:
    path = tree / "dvc.yaml"
    path.write_text(path.read_text().replace(", data/bases/causal_lm", ""))
    assert [problem.partition(": ")[2] for problem in told(tree)] == [
        f'"{group}" does not depend on data/bases/causal_lm: the method of peft/lora starts from it\n'
        "  hint: add this line to its deps:\n      - data/bases/causal_lm"
        for group in ("peft", "score_peft")
    ]
    depend(tree, "data/bases", "peft", "score_peft")
    assert told(tree) == []


def test_a_group_without_any_deps_is_told(tree: Path) -> None:
    path = tree / "dvc.yaml"
    path.write_text(re.sub(r"    deps: \[.*causal_lm\]\n", "", path.read_text()))
    assert len(told(tree)) == 2


def test_a_parent_of_the_same_family_is_told_since_dvc_would_see_a_circle(tree: Path) -> None:
    edit(tree / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: peft/lora")
    expected = "peft/prompt starts from peft/lora, but all of peft would have to run before it, too"
    assert expected in only(tree)


def test_families_that_start_from_each_other_are_told(child: Path) -> None:
    depend(child, DEP, "peft", "score_peft")
    text = (child / "recipes/baseline/majority.yaml").read_text()
    (child / "recipes/baseline/again.yaml").write_text(f"{text}  init: peft/lora\n")
    for settings in ("params.yaml", "harness/profiles/tiny.yaml"):
        edit(child / settings, "[majority]", "[majority, again]")
    depend(child, "runs/peft/lora-${item.domain}-${item.seed}/train", "baseline", "score_baseline")
    assert [problem.partition(": ")[2].splitlines()[0] for problem in told(child)] == [
        "baseline/again starts from peft/lora, but all of baseline would have to run before it, too",
        "peft/prompt starts from baseline/majority, but all of peft would have to run before it, too",
    ]


def test_a_parent_must_exist_and_run_with_the_same_seeds(tree: Path) -> None:
    use_base_model(tree)
    depend(tree, DEP, "peft", "score_peft")
    child = tree / "recipes/peft/prompt.yaml"
    edit(child, "method: full", "method: full\n  init: baseline/majoriti")
    assert only(tree).startswith('recipes/peft/prompt.yaml:5: unknown parent recipe "baseline/majoriti"')
    edit(child, "majoriti", "majority")
    assert "peft/prompt starts from baseline/majority, which does not run with seed 1" in only(tree)
    edit(tree / "params.yaml", "baseline: [0]", "baseline: [0, 1]")
    edit(tree / "harness/profiles/tiny.yaml", "baseline: [0]", "baseline: [0, 1]")
    assert told(tree) == []
    edit(tree / "params.yaml", "baseline: [majority]", "baseline: []")
    edit(tree / "params.yaml", "seeds:", "skip: {baseline/majority: no time}\nseeds:")
    assert "peft/prompt starts from baseline/majority, which does not run" in only(tree)
