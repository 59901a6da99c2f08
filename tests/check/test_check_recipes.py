from __future__ import annotations

from pathlib import Path

import pytest

from harness.models.loaded import LabelClassifier
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
            'recipes/peft/lora.yaml:6: unknown key "run.options.rank"',
        ),
        (
            "method: lora",
            "method: few_shot\n  options: {shot: 8}",
            'recipes/peft/lora.yaml:5: unknown key "run.options.shot"\n  hint: did you mean "shots"?',
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
    assert only(tree).startswith('recipes/baseline/_family.yaml:5: unknown key "run.options.rank"')


def test_a_parent_role_that_is_missing_is_reported(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(get_method("lora")), "parents", ("teacher",))
    missing = '`run.init` names no recipe for the role "teacher", which method lora needs'
    expected = "\n  expected: `init: {model: family/recipe, teacher: family/recipe}`"
    assert only(tree) == f"recipes/peft/lora.yaml:3: {missing}{expected}"
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lora\n  init: {model: peft/prompt}")
    assert only(tree) == f"recipes/peft/lora.yaml:5: {missing}{expected}"


def test_a_role_that_the_method_does_not_know_is_refused_with_a_suggestion(tree: Path) -> None:
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lora\n  init:\n    policy: peft/prompt")
    assert only(tree) == (
        'recipes/peft/lora.yaml:6: method lora has no role "policy" for another run\n  hint: known: model'
    )
    edit(tree / "recipes/peft/lora.yaml", "policy:", "modle:")
    assert only(tree).endswith('hint: did you mean "model"?')


def test_a_method_that_starts_from_nothing_has_no_parent(tree: Path) -> None:
    edit(tree / "recipes/baseline/majority.yaml", "method: majority", "method: majority\n  init: peft/lora")
    assert only(tree) == (
        "recipes/baseline/majority.yaml:5: method majority cannot start from the run of another recipe\n"
        "  expected: `init: base`"
    )


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("majority", "which has no pretrained model to train further"),
        ("setfit", "which stands on another base"),
        (
            "adapter",
            "which no method can train further: its layers cannot be merged into the weights of the base model",
        ),
        ("qlora", "which no method can train further: merging into the 4-bit weights"),
    ],
)
def test_a_parent_that_cannot_be_trained_further_is_refused(tree: Path, method: str, expected: str) -> None:
    (tree / f"harness/methods/{method}.py").touch()
    edit(tree / "recipes/peft/lora.yaml", "method: lora", f"method: {method}")
    edit(tree / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: peft/lora")
    (found,) = [problem for problem in told(tree) if "peft/prompt starts from peft/lora" in problem]
    assert found.startswith("recipes/peft/prompt.yaml:")
    assert f"peft/prompt starts from peft/lora, {expected}" in found


def test_a_parent_must_load_the_kind_of_model_that_its_role_needs(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(get_method("full")), "start_kind", LabelClassifier)
    edit(tree / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: peft/lora")
    assert only(tree) == (
        "recipes/peft/prompt.yaml:5: peft/prompt starts from peft/lora, which is a LanguageModel\n"
        "  expected: a run whose model is a LabelClassifier"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("peft: {rank: 4}", 'peft.LoraConfig has no argument "rank"'),
        ("subset: {}\n  method: multitask\n  options: {tasks: [claims]}", "method multitask cannot draw a subset"),
        ("peft: {r: 4}\n  method: full", "method full does not use the library peft\n  hint: remove it"),
    ],
)
def test_parts_of_a_recipe_that_the_method_cannot_use_are_refused(tree: Path, text: str, expected: str) -> None:
    (tree / "harness/methods/multitask.py").touch()
    edit(
        tree / "recipes/peft/lora.yaml",
        "  method: lora\n",
        f"  {text}\n" if "method" in text else f"  {text}\n  method: lora\n",
    )
    assert only(tree).startswith(f"recipes/peft/lora.yaml:4: {expected}")


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
    assert "expected: causal_lm or seq2seq_lm" in found
    edit(tree / "recipes/peft/lora.yaml", "  base: encoder\n", "")
    edit(tree / "recipes/baseline/majority.yaml", "method: majority", "method: majority\n  base: causal_lm")
    assert "expected: no `base`: the method needs no pretrained model" in only(tree)


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
