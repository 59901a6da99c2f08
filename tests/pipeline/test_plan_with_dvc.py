"""The plan against DVC itself: what it foresees is what `dvc repro` then does."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.errors import ConfigError, HarnessError
from harness.pipeline.generated_section import write_section
from harness.verbs.plan import main
from tests.mini_tree import edit
from tests.pipeline.dvc_tree import dvc, ran, write_dvc_tree

LORA = ["peft@lora-goods-0", "peft@lora-goods-1", "score_peft@lora-goods-0", "score_peft@lora-goods-1"]


@pytest.fixture(scope="module")
def done_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that ran; do not write into it."""
    root = write_dvc_tree(tmp_path_factory.mktemp("plan"))
    edit(root / "recipes/peft/_family.yaml", "order: 1", "order: 1\nstages: {score: {memory_gb: 2}}")
    write_section(Project(root))
    dvc(root, "repro")
    return root


@pytest.fixture
def root(done_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(done_once.parent, tmp_path, dirs_exist_ok=True)
    root = tmp_path / "project"
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def planned(root: Path, capsys: pytest.CaptureFixture[str]) -> Planned:
    return Planned(root, capsys)


class Planned:
    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys

    def states(self) -> dict[str, str]:
        assert main(["--json"]) == 0
        return {step["stage"]: step["state"] for step in json.loads(self.capsys.readouterr().out)["stages"]}

    def table(self) -> str:
        assert main([]) == 0
        return self.capsys.readouterr().out


def test_an_unchanged_tree_needs_nothing(planned: Planned) -> None:
    assert planned.table() == "nothing to do: all 11 stages are up to date\n"


def test_a_changed_method_runs_its_own_column_only(root: Path, planned: Planned) -> None:
    edit(root / "harness/methods/lora.py", "import torch", "import torch.nn")
    assert planned.states() == {"fingerprint": "runs", **dict.fromkeys(LORA, "runs")}
    assert sorted(ran(root)) == ["fingerprint", *LORA]
    assert planned.states() == {}


def test_a_changed_comment_runs_only_the_fingerprint(root: Path, planned: Planned) -> None:
    edit(root / "harness/shuffle.py", "# any odd number", "# three")
    assert planned.states() == {"fingerprint": "runs"}
    assert ran(root) == ["fingerprint"]


def test_a_changed_recipe_runs_its_training_and_perhaps_its_scoring(root: Path, planned: Planned) -> None:
    edit(root / "recipes/peft/lora.yaml", "1e-3", "2e-3")
    assert planned.states() == {
        "fingerprint": "runs",
        "peft@lora-goods-0": "runs",
        "peft@lora-goods-1": "runs",
        "score_peft@lora-goods-0": "may run",
        "score_peft@lora-goods-1": "may run",
    }
    assert "recipes/peft/lora.yaml: run modified" in planned.table()
    assert sorted(ran(root)) == ["fingerprint", "peft@lora-goods-0", "peft@lora-goods-1"]  # the outputs came out equal


def test_the_wording_of_a_suite_runs_only_the_fingerprint_and_its_rule_the_scoring(
    root: Path, planned: Planned
) -> None:
    edit(root / "data/suites/classification.yaml", "title: Classification", "title: The labels")
    assert planned.states() == {"fingerprint": "runs"}
    assert ran(root) == ["fingerprint"]
    edit(root / "data/suites/classification.yaml", "version: 1", "version: 2")
    found = planned.states()
    assert found.pop("fingerprint") == "runs"
    assert len(found) == 5
    assert all(name.startswith("score_") and state == "runs" for name, state in found.items())
    assert sorted(ran(root)) == ["fingerprint", *sorted(found)]


def test_repro_refuses_an_unknown_name_at_its_first_stage(root: Path) -> None:
    edit(root / "params.yaml", "suites: [classification]", "suites: [clasification]")
    output = dvc(root, "repro", fails=True)
    assert re.findall(r"Running stage '([^']+)'", output) == ["fingerprint"]
    assert 'unknown suite "clasification"\n  hint: did you mean "classification"?' in output


def test_repro_refuses_stages_that_do_not_fit_the_recipes_at_its_first_stage(root: Path) -> None:
    edit(root / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: peft/lora")
    output = dvc(root, "repro", fails=True)
    assert re.findall(r"Running stage '([^']+)'", output) == ["fingerprint"]
    assert "run `harness pipeline --write`" in output


def test_lost_outputs_that_no_stage_needs_are_no_step(root: Path, planned: Planned) -> None:
    shutil.rmtree(root / "runs")
    assert planned.states() == {}
    assert re.findall(r"Running stage '([^']+)'", dvc(root, "repro", "--allow-missing")) == []


def test_lost_outputs_that_a_stage_needs_are_restored_or_made_again(root: Path, planned: Planned) -> None:
    shutil.rmtree(root / "runs")
    edit(root / "data/suites/classification.yaml", "version: 1", "version: 2")
    found = planned.states()
    assert found.pop("fingerprint") == "runs"
    assert {name: state for name, state in found.items() if not name.startswith("score_")} == dict.fromkeys(
        [*LORA[:2], "baseline@majority-goods-0", "peft@prompt-goods-0", "peft@prompt-goods-1"], "restores"
    )
    assert "restores: `dvc checkout` copies the missing outputs" in planned.table()
    shutil.rmtree(root / ".dvc/cache")
    assert set(planned.states().values()) == {"runs"}


def test_history_and_hints_stand_in_the_table(root: Path, planned: Planned) -> None:
    edit(root / "harness/methods/lora.py", "import torch", "import torch.nn")
    row = {
        "domain": "goods",
        "family": "peft",
        "recipe": "lora",
        "status": "ok",
        "cost": {"usd": 0.08, "train_seconds": 600.0, "score_seconds": 200.0},
        "memory": {"train_peak_mb": 2345.0, "score_peak_mb": None},
    }
    board = {"schema": 2, "protocol": {"profiles": ["tiny"], "budget": {}}, "rows": [row], "curves": {}}
    (root / "reports/leaderboard.json").write_text(json.dumps(board))
    shown = planned.table()
    assert re.search(r"peft@lora-goods-0 +runs +10 min +2\.3 GB +0\.0600 +code changed", shown)
    assert re.search(r"score_peft@lora-goods-1 +runs +200 s +\(2 GB\) +0\.0200 +code changed", shown)
    assert "about 27 min and 0.1600 USD for 4 of 5 stages; 1 has no history" in shown
    assert "up to date: 6 of 11 stages" in shown


def test_stages_come_in_an_order_in_which_they_can_run(root: Path, planned: Planned) -> None:
    shutil.rmtree(root / ".dvc/cache")
    shutil.rmtree(root / "runs")
    edit(root / "data/suites/classification.yaml", "version: 1", "version: 2")
    order = list(planned.states())
    assert order[0] == "fingerprint"
    for name in LORA[:2]:
        assert order.index(name) < order.index(f"score_{name}")


def test_a_broken_configuration_is_told_before_anything_else(root: Path) -> None:
    edit(root / "recipes/peft/lora.yaml", "method: lora", "method: lorra")
    with pytest.raises(ConfigError, match='unknown method "lorra"'):
        main([])


def test_outside_of_a_dvc_repository_the_error_says_what_to_do(root: Path) -> None:
    shutil.rmtree(root / ".dvc")
    with pytest.raises(HarnessError) as caught:
        main([])
    assert "is not a DVC repository" in str(caught.value)
    assert "dvc init" in str(caught.value)


def test_without_git_the_plan_is_the_same(root: Path, planned: Planned) -> None:
    shutil.rmtree(root / ".git")
    assert planned.states() == {}
