from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.pipeline.generated_section import BEGIN, END, write_section
from harness.verbs.check import main
from tests.mini_tree import edit, only, told, write_mini_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_mini_tree(tmp_path)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("dvc.yaml", "      - precision\n", ""),
        ("dvc.yaml", "  score_peft:", "  score_pefd:"),
        ("recipes/peft/_family.yaml", "order: 1", "order: 1\nstages: {train: {gpus: 2}}"),
        ("recipes/peft/prompt.yaml", "method: full", "method: full\n  init: peft/lora"),
    ],
)
def test_stages_that_do_not_fit_are_reported_with_the_first_line_and_the_verb(
    tree: Path, file: str, old: str, new: str
) -> None:
    edit(tree / file, old, new)
    problem = only(tree)
    assert re.match(r"dvc\.yaml:\d+: the stages of the families do not fit recipes/ and params\.yaml any more", problem)
    assert problem.endswith("hint: run `harness pipeline --write`")


@pytest.mark.parametrize(
    ("old", "new"),
    [("  baseline: [majority]\n", ""), ("[lora, prompt]", "[lora]"), ("  peft: [lora, prompt]\n", "")],
)
def test_choosing_fewer_recipes_is_no_problem_and_check_says_what_updates_the_stages(
    tree: Path, old: str, new: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(tree / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: peft/lora")
    write_section(Project(tree))
    edit(tree / "params.yaml", old, new)
    assert told(tree) == []
    monkeypatch.chdir(tree)
    assert main([]) == 0
    assert "`harness repro` updates them" in capsys.readouterr().out


def test_a_current_dvc_yaml_needs_no_note(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tree)
    assert main([]) == 0
    assert "note" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (BEGIN, "#", "a marker of the generated part is missing"),
        (END, "#", "a marker of the generated part is missing"),
        (END, f"{END}\n  {END}", "a marker of the generated part stands there 2 times"),
        ("stages:", "stages: [", "broken YAML"),
    ],
)
def test_a_broken_dvc_yaml_is_one_problem(tree: Path, old: str, new: str, expected: str) -> None:
    edit(tree / "dvc.yaml", old, new)
    assert expected in only(tree)


def test_stages_are_not_compared_while_a_recipe_is_broken(tree: Path) -> None:
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lorra")
    edit(tree / "recipes/peft/_family.yaml", "order: 1", "order: 1\nstages: {train: {gpus: 2}}")
    assert only(tree).startswith('recipes/peft/lora.yaml:4: unknown method "lorra"')


def test_text_outside_of_the_markers_is_free(tree: Path) -> None:
    edit(tree / "dvc.yaml", "stages:\n", "stages:\n  mine:\n    cmd: echo\n")
    assert told(tree) == []
