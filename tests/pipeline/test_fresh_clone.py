"""Evidence that travels in git: what a fresh clone runs, and what it says about weights that are not there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.pipeline.generated_section import write_section
from harness.pipeline.staleness import OTHER_RECORD, stale_runs
from harness.verbs.plan import main
from tests.mini_tree import RECIPE, edit
from tests.pipeline.dvc_tree import dvc, write_dvc_tree

LORA = "peft@lora-goods-0"
IGNORED = "/runs/\n/data/bases/\n"


def git(root: Path, *arguments: str) -> str:
    who = ("-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "protocol.file.allow=always")
    done = subprocess.run(["git", *who, *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A committed tree whose stages ran, with its weights in a remote folder; do not write into it."""
    root = write_dvc_tree(tmp_path_factory.mktemp("origin"))
    (root / ".gitignore").write_text("/runs/\n")
    remote = root.parent / "remote"
    dvc(root, "remote", "add", "-q", "team", str(remote))
    dvc(root, "config", "core.remote", "team")
    dvc(root, "repro")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "evidence")
    return root


@pytest.fixture
def clone(origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone: records, but no weights and no cache. The remote is empty."""
    shutil.copytree(origin.parent / "bin", tmp_path / "bin")
    git(tmp_path, "clone", "-q", str(origin), "project")
    root = tmp_path / "project"
    dvc(root, "remote", "modify", "-q", "team", "url", str(tmp_path / "remote"))
    git(root, "commit", "-qam", "another remote")
    monkeypatch.chdir(root)
    return root


def stages_run(root: Path) -> list[str]:
    return re.findall(r"Running stage '([^']+)'", dvc(root, "repro", "--allow-missing"))


def planned(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str]]:
    """Stage -> state and reason."""
    capsys.readouterr()
    assert main(["--json"]) == 0
    return {step["stage"]: (step["state"], step["reason"]) for step in json.loads(capsys.readouterr().out)["stages"]}


def test_records_are_in_git_weights_are_not_and_a_run_leaves_git_clean(origin: Path) -> None:
    assert git(origin, "status", "--porcelain") == ""
    files = git(origin, "ls-files").splitlines()
    assert "reports/records/peft/lora-goods-0/train/record" in files
    assert "reports/records/peft/lora-goods-0/score/record" in files
    assert not [name for name in files if name.startswith("runs/")]


def test_a_fresh_clone_runs_nothing(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not (clone / "runs").exists()
    assert planned(capsys) == {}
    assert stages_run(clone) == []
    assert stale_runs(Project(clone)) == {}
    assert git(clone, "status", "--porcelain") == ""


def test_an_added_recipe_is_all_that_is_trained(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (clone / "recipes/peft/more.yaml").write_text(RECIPE.format(method="lora"))
    edit(clone / "params.yaml", "peft: [lora, prompt]", "peft: [lora, prompt, more]")
    new = [f"{group}@more-goods-{seed}" for group in ("peft", "score_peft") for seed in (0, 1)]
    found = planned(capsys)
    assert {name: state for name, (state, _) in found.items()} == dict.fromkeys(["fingerprint", *new], "runs")
    assert sorted(stages_run(clone)) == sorted(["fingerprint", *new])
    changed = {line[3:].split("/")[0] for line in git(clone, "status", "--porcelain").splitlines()}
    assert changed == {"dvc.lock", "params.yaml", "recipes", "reports"}


def test_changed_scoring_code_needs_weights_that_are_not_here(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(clone / "harness/scoring/contract.py", "...", "1")
    found = planned(capsys)
    assert found["score_" + LORA] == ("runs", "code changed")
    assert found[LORA] == ("runs", f"score_{LORA} needs its weights, which are not here, so it trains again")
    why = stale_runs(Project(clone))
    assert why["peft/lora-goods-0"] == "scoring: code changed"
    dvc(clone, "repro", "--allow-missing", fails=True)  # DVC itself does not train for want of weights
    dvc(clone, "repro", "-s", *(name for name in found if not name.startswith("score_")))
    assert [name for name in stages_run(clone) if not name.startswith("score_")] == []
    assert stale_runs(Project(clone)) == {}


def test_weights_of_a_remote_are_pulled_for_the_stage_that_needs_them(
    origin: Path, clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dvc(origin, "push")
    shutil.copytree(origin.parent / "remote", clone.parent / "remote")
    edit(clone / "harness/scoring/contract.py", "...", "1")
    assert planned(capsys)[LORA] == ("pulls", f"score_{LORA} needs its weights")
    assert main([]) == 0
    assert "pulls: `dvc pull` fetches" in capsys.readouterr().out
    dvc(clone, "pull", "peft", "baseline")
    assert (clone / "runs/peft/lora-goods-0/weights").is_file()
    assert LORA not in planned(capsys)
    assert [name for name in stages_run(clone) if not name.startswith("score_")] == ["fingerprint"]
    assert stale_runs(Project(clone)) == {}


def test_weights_in_the_cache_are_restored(clone: Path, origin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(origin / ".dvc/cache", clone / ".dvc/cache")
    edit(clone / "harness/scoring/contract.py", "...", "1")
    assert planned(capsys)[LORA][0] == "restores"


def test_a_changed_recipe_makes_its_runs_stale_and_no_others(clone: Path) -> None:
    edit(clone / "recipes/peft/lora.yaml", "1e-3", "2e-3")
    assert stale_runs(Project(clone)) == {
        f"peft/lora-goods-{seed}": "training: recipes/peft/lora.yaml: run modified" for seed in (0, 1)
    }


def test_a_record_that_dvc_lock_does_not_know_is_stale(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (clone / "reports/records/peft/lora-goods-0/score/record").write_text("edited")
    assert stale_runs(Project(clone)) == {"peft/lora-goods-0": f"scoring: {OTHER_RECORD}"}
    assert planned(capsys)["score_" + LORA][0] == "runs"


def test_a_conflict_in_dvc_lock_says_which_side_to_take(clone: Path) -> None:
    text = (clone / "dvc.lock").read_text()
    (clone / "dvc.lock").write_text(f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> theirs\n")
    with pytest.raises(Exception, match="git left a conflict in it: two machines ran stages") as caught:
        stale_runs(Project(clone))
    assert "git checkout --ours dvc.lock reports/records" in str(caught.value)


def test_a_lost_record_is_told(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(clone / "reports/records/peft/lora-goods-0/score")
    capsys.readouterr()
    assert main([]) == 0
    assert "records that dvc.lock names are not here: score_peft@lora-goods-0" in capsys.readouterr().out


def test_without_dvc_lock_nothing_is_stale(clone: Path) -> None:
    (clone / "dvc.lock").unlink()
    assert stale_runs(Project(clone)) == {}
    assert not write_section(Project(clone))
