"""The changes that are found without DVC are those that `dvc status` reports."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.freshness.changes import Pipeline, StageState
from tests.mini_tree import edit
from tests.pipeline.dvc_tree import dvc, write_dvc_tree

INGEST = """
  ingest:
    cmd: mkdir -p reports/parquet && ls reports/records > reports/parquet/list
    deps: [reports/records, data/prepared]
    params:
      - scoring.batch_size
      - data/domains/goods.yaml:
    outs:
      - reports/parquet: {persist: true}
    metrics:
      - reports/metrics.json: {cache: false, persist: true}
"""


@pytest.fixture(scope="module")
def done_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_dvc_tree(tmp_path_factory.mktemp("fresh"))
    (root / ".dvcignore").write_text("*.pyc\n/data/prepared/goods/scratch\n")
    (root / "reports").mkdir()
    text = (root / "dvc.yaml").read_text()
    (root / "dvc.yaml").write_text(
        text + INGEST.replace("parquet/list\n", "parquet/list && echo 1 > reports/metrics.json\n", 1)
    )
    dvc(root, "repro")
    return root


@pytest.fixture
def root(done_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(done_once.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "project"


def told_by_dvc(root: Path) -> dict[str, dict[str, Any]]:
    """Stage -> path -> what changed; parameter files with their keys."""
    found: dict[str, dict[str, Any]] = {}
    for stage, changes in json.loads(dvc(root, "status", "--json")).items():
        of_stage = found.setdefault(stage, {})
        for change in changes:
            if isinstance(change, str):
                of_stage[change] = True
                continue
            for paths in change.values():
                of_stage |= {
                    path: what if isinstance(what, str) else ", ".join(f"{key} {word}" for key, word in what.items())
                    for path, what in paths.items()
                }
    return found


def told_here(root: Path) -> dict[str, dict[str, Any]]:
    return {state.name: changes for state in Pipeline(root).states() if (changes := _changes(state))}


def _changes(state: StageState) -> dict[str, Any]:
    absent = dict.fromkeys([*state.absent_inputs, *state.missing_outputs], "deleted")
    command = {"changed command": True} if state.command_changed else {}
    return {**state.changed_inputs, **state.stale_inputs, **state.changed_outputs, **absent, **command}


def change_param_file(root: Path) -> None:
    edit(root / "data/domains/goods.yaml", "title: Goods", "title: Wares")
    edit(root / "recipes/peft/lora.yaml", "1e-3", "2e-3")
    edit(root / "params.yaml", "batch_size: 8", "batch_size: 16")


def same_value_in_another_spelling(root: Path) -> None:
    edit(root / "recipes/peft/lora.yaml", "1e-3", "0.001")


def change_data(root: Path) -> None:
    (root / "data/prepared/goods/views/classify.txt").write_text("other goods\n")
    (root / "data/prepared/goods/scratch").mkdir()
    (root / "data/prepared/goods/scratch/ignored").write_text("x")


def add_a_file_to_a_folder(root: Path) -> None:
    (root / "harness/new.py").write_text("x = 1\n")
    (root / "harness/new.pyc").write_text("x")


def lose_weights(root: Path) -> None:
    shutil.rmtree(root / "runs/peft/lora-goods-0")


def edit_a_record(root: Path) -> None:
    (root / "reports/records/peft/lora-goods-0/score/record").write_text("edited")


def change_a_command(root: Path) -> None:
    edit(root / "dvc.yaml", "python -m harness score peft/", "python -I -m harness score peft/")


def nothing(root: Path) -> None:
    pass


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        change_param_file,
        same_value_in_another_spelling,
        change_data,
        add_a_file_to_a_folder,
        lose_weights,
        edit_a_record,
        change_a_command,
    ],
)
def test_the_same_changes_as_dvc_status(root: Path, change: Callable[[Path], None]) -> None:
    change(root)
    expected = told_by_dvc(root)
    assert bool(expected) == (change is not nothing)
    assert told_here(root) == expected
    assert told_here(root) == expected  # now from what was remembered


def test_an_added_recipe_has_stages_that_never_ran(root: Path) -> None:
    text = (root / "recipes/peft/lora.yaml").read_text()
    (root / "recipes/peft/more.yaml").write_text(text)
    edit(root / "params.yaml", "peft: [lora, prompt]", "peft: [lora, prompt, more]")
    new = {state.name for state in Pipeline(root).states() if state.never_ran}
    assert new == {f"{group}@more-goods-{seed}" for group in ("peft", "score_peft") for seed in (0, 1)}
    assert new == set(told_by_dvc(root)) - {"fingerprint", "ingest"}


def test_every_stage_comes_after_those_that_it_depends_on(root: Path) -> None:
    seen: set[str] = set()
    for state in Pipeline(root).states():
        assert set(state.upstream) <= seen
        seen.add(state.name)
    assert len(seen) == 12
