from __future__ import annotations

from pathlib import Path

import pytest

from harness.training.registry import get_method
from tests.mini_tree import edit, only, told, write_mini_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_mini_tree(tmp_path)


def test_an_unknown_method_is_told_where_it_is_written(tree: Path) -> None:
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lorra")
    assert only(tree) == 'recipes/peft/lora.yaml:4: unknown method "lorra"\n  hint: did you mean "lora"?'
    edit(tree / "recipes/peft/lora.yaml", "  method: lorra\n", "")
    edit(tree / "recipes/peft/_family.yaml", "run:\n", "run:\n  method: lorra\n")
    assert only(tree) == 'recipes/peft/_family.yaml:4: unknown method "lorra"\n  hint: did you mean "lora"?'


def test_files_that_are_no_methods_cannot_be_named_as_one(tree: Path) -> None:
    (tree / "harness/methods/_shared.py").write_text("")
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: _shared")
    assert 'unknown method "_shared"' in only(tree)


def test_a_broken_family_file_is_told_once_and_not_for_each_of_its_recipes(tree: Path) -> None:
    edit(tree / "recipes/peft/_family.yaml", "weight_decay: 0.1", "weight_decay: -1")
    assert len(told(tree)) == 1


def test_parents_that_form_a_circle_are_told_once(tree: Path) -> None:
    edit(tree / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: peft/lora")
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lora\n  init: {model: peft/prompt}")
    assert only(tree).startswith(
        "recipes/peft/lora.yaml:5: the parents form a circle: peft/lora -> peft/prompt -> peft/lora"
    )


def test_a_recipe_behind_a_circle_is_not_part_of_it(tree: Path) -> None:
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lora\n  init: peft/lora")
    edit(tree / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: peft/lora")
    circles = [problem for problem in told(tree) if "form a circle" in problem]
    assert len(circles) == 1
    assert "the parents form a circle: peft/lora -> peft/lora" in circles[0]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "  train:\n    learning_rate: 1e-3\n",
            "  options:\n    rank: 8\n  train:\n    learning_rate: 1e-3\n",
            'recipes/peft/lora.yaml:6: method lora has no option "rank"',
        ),
        (
            "method: lora",
            "method: few_shot\n  options: {shot: 8}",
            'recipes/peft/lora.yaml:5: method few_shot has no option "shot"\n  hint: did you mean "shots"?',
        ),
    ],
)
def test_an_option_that_the_method_does_not_know_is_told_with_its_line(
    tree: Path, old: str, new: str, expected: str
) -> None:
    (tree / "harness/methods/few_shot.py").write_text("")
    edit(tree / "recipes/peft/lora.yaml", old, new)
    assert only(tree).startswith(expected)


def test_an_option_of_the_family_is_told_where_it_is_written(tree: Path) -> None:
    edit(tree / "recipes/baseline/_family.yaml", "run: {}", "run:\n  options:\n    rank: 8")
    assert only(tree).startswith('recipes/baseline/_family.yaml:5: method majority has no option "rank"')


def test_a_parent_role_that_is_not_filled_is_told(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(get_method("lora")), "parents", ("teacher",))
    assert only(tree).startswith("recipes/peft/lora.yaml:3: `run.init` names no parent for the role")
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lora\n  init: {student: baseline/majority}")
    assert told(tree)[0].startswith("recipes/peft/lora.yaml:5: `run.init` names no parent for the role")


def test_a_method_that_trains_needs_its_settings(tree: Path) -> None:
    edit(tree / "recipes/peft/_family.yaml", "run:\n  train:\n    weight_decay: 0.1\n", "run: {}\n")
    edit(tree / "recipes/peft/lora.yaml", "  train:\n    learning_rate: 1e-3\n", "")
    assert only(tree) == (
        "recipes/peft/lora.yaml:3: method lora needs `run.train`\n  hint: give at least `train: {learning_rate: ...}`"
    )


@pytest.mark.parametrize("text", ["method: [", "method: lorra", "method: majority\n  options: {rank: 8}"])
def test_a_broken_recipe_is_not_also_told_to_be_unlisted(tree: Path, text: str) -> None:
    (tree / "recipes/peft/new.yaml").write_text(f"about:\n  title: New\nrun:\n  {text}\n")
    assert only(tree).startswith("recipes/peft/new.yaml:")
    assert "not listed" not in only(tree)


def test_a_base_that_the_method_cannot_start_from_is_told_with_its_line(tree: Path) -> None:
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lora\n  base: encoder")
    found = only(tree)
    assert found.startswith("recipes/peft/lora.yaml:5: method lora cannot start from the base `encoder`")
    assert "causal_lm or seq2seq_lm, or none given" in found
    edit(tree / "recipes/peft/lora.yaml", "  base: encoder\n", "")
    edit(tree / "recipes/baseline/majority.yaml", "method: majority", "method: majority\n  base: causal_lm")
    assert "none given: it needs no pretrained model" in only(tree)


def test_a_recipe_that_runs_on_a_base_that_is_not_there_is_told(tree: Path) -> None:
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lora\n  base: seq2seq_lm")
    found = [problem for problem in told(tree) if problem.startswith("params.yaml")]
    assert len(found) == 1
    assert "peft/lora starts from a seq2seq_lm, and base_models names none" in found[0]


def test_a_run_stands_on_the_base_of_its_parent(tree: Path) -> None:
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lora\n  base: seq2seq_lm")
    edit(tree / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: peft/lora")
    expected = "peft/prompt starts from peft/lora, which stands on another base"
    found = [problem for problem in told(tree) if expected in problem]
    assert len(found) == 1
    assert "expected: `base: seq2seq_lm`" in found[0]
    edit(tree / "recipes/peft/prompt.yaml", "method: full", "method: full\n  base: seq2seq_lm")
    assert not any(expected in problem for problem in told(tree))
