"""`harness repro` with DVC itself: what runs, what does not, and what a failure leaves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from harness.__main__ import main
from harness.config.project import Project
from harness.pipeline.generated_section import write_section
from tests.mini_tree import edit
from tests.pipeline.dvc_tree import dvc, write_dvc_tree
from tests.running.running_tree import locked_stages, ran

JOBS = ["1", pytest.param("2", marks=pytest.mark.ray)]
LORA = {"peft@lora-goods-0", "score_peft@lora-goods-0"}


@pytest.fixture(scope="module")
def done_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree whose stages all ran; do not write into it."""
    root = write_dvc_tree(tmp_path_factory.mktemp("repro"))
    assert "ran 11 stages" in ran(root)
    return root


@pytest.fixture
def root(done_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(done_once.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "project"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A tree in which nothing ran yet."""
    return write_dvc_tree(tmp_path)


def done(output: str) -> set[str]:
    """The stages that ran to their end."""
    return {line.split()[1] for line in output.splitlines() if line.startswith("done ")}


def without_weights(root: Path) -> Path:
    """The tree as a clone has it: what git tracks, and no cache."""
    for command in (["add", "-A"], ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "records"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    shutil.rmtree(root / ".dvc/cache")
    shutil.rmtree(root / "runs")
    return root


def test_a_second_run_does_nothing_and_dvc_agrees(root: Path) -> None:
    assert "nothing to do" in ran(root)
    assert "up to date" in dvc(root, "status")


@pytest.mark.ray
def test_several_stages_at_a_time_end_in_the_same_state(new: Path) -> None:
    output = ran(new, "--jobs", "2")
    assert "ran 11 stages" in output
    assert "up to date" in dvc(new, "status")
    order = [line for line in output.splitlines() if "peft@lora-goods-0" in line]
    assert [line.split()[:2] for line in (order[0], order[-1])] == [
        ["runs", "peft@lora-goods-0"],
        ["done", "score_peft@lora-goods-0"],
    ]


@pytest.mark.parametrize("jobs", JOBS)
def test_a_failed_stage_skips_only_what_depends_on_it(new: Path, jobs: str) -> None:
    output = ran(new, "--jobs", jobs, code=1, BROKEN="peft/lora")
    assert "FAILED: peft@lora-goods-0" in output
    assert "skipped    score_peft@lora-goods-1: peft@lora-goods-1 failed" in output
    names = {f"{group}baseline@majority-goods-0" for group in ("", "score_")}
    names |= {f"{group}peft@prompt-goods-{seed}" for group in ("", "score_") for seed in (0, 1)}
    assert done(output) == {"fingerprint", *names}
    assert locked_stages(new) == {"fingerprint", *names}
    assert done(ran(new)) == {f"{group}peft@lora-goods-{seed}" for group in ("", "score_") for seed in (0, 1)}


def test_recipes_domains_and_seeds_choose_runs(new: Path) -> None:
    output = ran(new, "peft/lora", "--domain", "goods", "--seed", "0")
    assert done(output) == {"fingerprint", *LORA}


def test_force_runs_what_is_up_to_date(root: Path) -> None:
    record = root / "reports/records/peft/lora-goods-0/train/record"
    before = record.read_text()
    assert done(ran(root, "peft/lora", "--seed", "0", "--force")) == LORA
    assert record.read_text() != before


def test_a_clone_without_weights_runs_nothing_that_is_recorded(root: Path) -> None:
    without_weights(root)
    assert "nothing to do" in ran(root)
    assert not (root / "runs/peft").exists()


def test_in_a_clone_only_the_edited_recipe_is_trained(root: Path) -> None:
    without_weights(root)
    edit(root / "recipes/peft/lora.yaml", "learning_rate: 1e-3", "learning_rate: 2e-3")
    # the weights come out as they were, because this tree only copies text, so nothing is scored again
    assert done(ran(root)) == {"fingerprint", "peft@lora-goods-0", "peft@lora-goods-1"}


def test_new_scores_train_again_where_the_weights_are_missing(root: Path) -> None:
    without_weights(root)
    edit(root / "params.yaml", "batch_size: 8", "batch_size: 4")
    assert done(ran(root, "peft/lora", "--seed", "0")) >= LORA
    assert (root / "runs/peft/lora-goods-0/weights").is_file()
    assert not (root / "runs/peft/lora-goods-1").exists()


def test_recipes_that_are_no_longer_listed_do_not_run_and_need_no_reason(root: Path) -> None:
    edit(root / "params.yaml", "  baseline: [majority]\n", "")
    edit(root / "params.yaml", "[lora, prompt]", "[lora]")
    edit(root / "params.yaml", "epochs: 1", "epochs: 2")
    output = ran(root)
    assert "dvc.yaml: brought up to date" in output
    seeds = {f"{group}peft@lora-goods-{seed}" for group in ("", "score_") for seed in (0, 1)}
    assert done(output) - {"fingerprint"} == seeds


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["peft/lorra"], 'unknown recipe "peft/lorra"\n  hint: did you mean "peft/lora"?'),
        (["lora"], "did you mean peft/lora?"),
        (["fingerprnt"], 'did you mean "fingerprint"?'),
        (["peft/lora", "--domain", "good"], 'did you mean "goods"?'),
        (["peft/lora", "--seed", "-1"], "expected: 0 to 4294967295"),
        (["fingerprint", "--seed", "0"], "--domain and --seed choose runs of recipes"),
        (["--starter", "peft/lora"], "--starter goes without targets"),
        (["--force"], "name recipes or stages"),
        (["--jobs", "0"], "expected a whole number, 1 or more"),
    ],
)
def test_wrong_arguments_are_explained_before_anything_runs(
    root: Path,
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(root)
    if "--jobs" in arguments:
        with pytest.raises(SystemExit, match="2"):
            main(["repro", *arguments])
    else:
        assert main(["repro", *arguments]) == 1
    output = "".join(capsys.readouterr())
    assert said in output
    assert "\nruns " not in output


@pytest.mark.ray
def test_a_stage_that_no_machine_can_hold_is_told_before_anything_runs(new: Path) -> None:
    edit(new / "recipes/peft/_family.yaml", "order: 1", "order: 1\nstages: {train: {memory_gb: 90000}}")
    write_section(Project(new))
    output = ran(new, "--jobs", "2", code=1)
    assert "peft@lora-goods-0 asks for" in output
    assert "90000.0 GB" in output
    assert "\nruns " not in output


@pytest.mark.ray
def test_a_cluster_that_is_not_there_names_the_way_on(root: Path) -> None:
    output = ran(root, "--jobs", "2", "--address", "127.0.0.1:1", code=1)
    assert "Ray cannot be started" in output
    assert "`dvc repro` need no Ray" in output


def test_without_ray_the_install_command_is_named(root: Path) -> None:
    (root.parent / "ray.py").write_text("raise ImportError('hidden for this test')")
    output = ran(root, "--jobs", "2", code=1, PYTHONPATH=f"{root.parent}:{Path(__file__).parents[2]}")
    assert 'pip install "ray==' in output
    assert "`harness repro --jobs 1` and `dvc repro` need no Ray" in output
