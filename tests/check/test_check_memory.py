"""`harness check` on the memory settings of params.yaml and of the profiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.mini_tree import set_everywhere, told, write_mini_tree


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        ("{peft/lorra: {optim: adamw_8bit}}", 'unknown family or recipe "peft/lorra"\n  hint: did you mean'),
        ("{peft: {max_batch_size: 0}}", '"budget.memory.peft.max_batch_size" is 0'),
        ("{baseline/majority: {batch: 5}}", '"budget.memory.baseline/majority.batch"'),
    ],
)
def test_a_wrong_memory_setting_is_reported(tmp_path: Path, memory: str, expected: str) -> None:
    root = write_mini_tree(tmp_path)
    set_everywhere(root, "max_length: 128}", f"max_length: 128, memory: {memory}}}")
    found = [problem for problem in told(root) if expected in problem]
    assert found, told(root)
    assert all(re.match(r"\S+\.yaml:\d+: ", problem) for problem in found)


def test_a_setting_that_a_method_refuses_is_reported_with_its_recipe(project_with_prefix: Path) -> None:
    found = told(project_with_prefix)
    assert any("peft/prefix_tuning: method prefix_tuning does not work with" in problem for problem in found), found


@pytest.fixture
def project_with_prefix(tmp_path: Path) -> Path:
    """This repository's YAML, with activation checkpointing for the whole family peft in the profile gpu."""
    import shutil

    from tests.tree import ROOT

    for folder in ("recipes", "data/domains", "data/suites", "harness"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("dvc.yaml", "params.yaml", "data/sources.yaml"):
        shutil.copy(ROOT / file, tmp_path / file)
    profile = tmp_path / "harness/profiles/gpu.yaml"
    text = profile.read_text()
    assert "    peft: {" in text
    profile.write_text(text.replace("    peft: {", "    peft: {activation_checkpointing: true, "))
    return tmp_path
