"""The whole pipeline by `dvc repro` in a temporary clone, with the smoke profile."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.tree import ROOT

pytestmark = pytest.mark.smoke

LORA = "runs/peft/lora-hs_products-0"
KNOW_LABELS_ONLY = {"majority", "tfidf"}
DOMAINS = {"hs_products", "construction_law"}


def run(clone: Path, *command: str, check: bool = True) -> str:
    """Output of a command in the clone, with this interpreter's programs first on the path."""
    done = subprocess.run(command, cwd=clone, env=environment(), capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"{command} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout + done.stderr


def environment() -> dict[str, str]:
    programs = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def stages_run(output: str) -> list[str]:
    return re.findall(r"Running stage '([^']+)'", output)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the working tree with the smoke profile, after its first `dvc repro`."""
    folder = tmp_path_factory.mktemp("clone")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    run(folder, "git", "init", "-q")
    run(folder, "git", "add", "-A")
    run(folder, "git", "-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-qm", "clone")
    run(folder, "python", "-m", "harness", "profile", "smoke", "--force")
    run(folder, "python", "-m", "harness", "check")
    run(folder, "dvc", "repro")
    return folder


def test_every_recipe_and_suite_is_on_the_board(clone: Path) -> None:
    board = json.loads((clone / "reports/leaderboard.json").read_text())
    rows = {(row["domain"], f"{row['family']}/{row['recipe']}") for row in board["rows"]}
    recipes = {
        f"{path.parent.name}/{path.stem}" for path in (clone / "recipes").glob("*/*.yaml") if path.stem[0] != "_"
    }
    assert rows == {(domain, recipe) for domain in DOMAINS for recipe in recipes}
    assert {row["status"] for row in board["rows"]} == {"ok"}
    for row in board["rows"]:
        vectors = row["suites"]["embedding_labels"]["value"]
        assert (vectors is None) == (row["recipe"] in KNOW_LABELS_ONLY)
        score = row["score"]
        assert (score is None) == (row["recipe"] == "encoder")
        if score:
            assert 0 <= score["low"] <= score["value"] <= score["high"] <= 1
            assert row["n"] > 0
        assert row["cost"]["train_seconds"] > 0
        assert row["memory"]["train_peak_mb"] > 0
    markdown = (clone / "reports/leaderboard.md").read_text()
    assert all(recipe.split("/")[1] in markdown for recipe in recipes)


def test_a_second_repro_does_nothing(clone: Path) -> None:
    output = run(clone, "dvc", "repro")
    assert stages_run(output) == []
    assert "up to date" in output


def test_metrics_and_status_are_readable(clone: Path) -> None:
    assert "lora" in run(clone, "dvc", "metrics", "show")
    assert "up to date" in run(clone, "dvc", "status")


def test_the_terminal_board_and_the_store_answer(clone: Path) -> None:
    assert "LoRA" in run(clone, "python", "-m", "harness", "leaderboard") or "lora" in run(
        clone, "python", "-m", "harness", "leaderboard"
    )
    rows = json.loads(run(clone, "python", "-m", "harness", "query", "SELECT count(*) AS n FROM runs", "--json"))
    assert rows == [{"n": 32}]
    assert "nothing" in run(clone, "python", "-m", "harness", "plan").lower()


def test_editing_one_recipe_runs_only_its_column(clone: Path) -> None:
    recipe = clone / "recipes/peft/lora.yaml"
    before = recipe.read_text()
    others = {path: path.read_bytes() for path in (clone / "runs").glob("*/*/score/samples.parquet")}
    recipe.write_text(before.replace("r: 16", "r: 8"))
    ran = stages_run(run(clone, "dvc", "repro"))
    column = {f"{group}@lora-{domain}-0" for group in ("peft", "score_peft") for domain in DOMAINS}
    assert set(ran) - {"fingerprint"} == {*column, "ingest", "report"}
    recipe.write_text(before)
    # the run cache holds the first result, so going back trains nothing
    assert "train peft/lora" not in run(clone, "dvc", "repro")
    assert {path: path.read_bytes() for path in others} == others


def test_a_comment_or_a_title_runs_no_training(clone: Path) -> None:
    recipe, method = clone / "recipes/peft/lora.yaml", clone / "harness/methods/lora.py"
    texts = recipe.read_text(), method.read_text()
    recipe.write_text(texts[0].replace("title: LoRA", "title: Low-rank adaptation"))
    method.write_text(texts[1] + "\n# a comment\n")
    ran = stages_run(run(clone, "dvc", "repro"))
    assert not [stage for stage in ran if "@" in stage]
    recipe.write_text(texts[0])
    method.write_text(texts[1])
    run(clone, "dvc", "repro")


def test_a_file_of_ones_own_becomes_rows_of_the_board(clone: Path) -> None:
    kept = {path: path.read_bytes() for path in (clone / "runs").glob("*/*/score/samples.parquet")}
    told = run(clone, "python", "-m", "harness", "domain", "add", "tickets", "tests/fixtures/tickets.csv")
    assert "text/label" in told
    ran = stages_run(run(clone, "dvc", "repro"))
    # a new source and new held-out items: looked at again, with the same outcome, so nothing is trained again
    others = {stage.split("@")[0] for stage in ran if "@" in stage and "tickets" not in stage}
    assert others <= {"base", "collect", "prepare"}
    board = json.loads((clone / "reports/leaderboard.json").read_text())
    tickets = [row for row in board["rows"] if row["domain"] == "tickets"]
    assert len(tickets) == 16
    assert all(row["status"] == "ok" for row in tickets)
    assert all(row["n"] > 20 for row in tickets if row["recipe"] != "encoder")
    assert {path: path.read_bytes() for path in kept} == kept
    assert "tickets" in run(clone, "python", "-m", "harness", "domain", "show", "tickets")
    run(clone, "python", "-m", "harness", "domain", "remove", "tickets")
    assert not [
        stage for stage in stages_run(run(clone, "dvc", "repro")) if stage.startswith(("baseline", "sft", "peft"))
    ]


def test_killing_dvc_in_a_stage_and_repeating_ends_in_the_same_bytes(clone: Path) -> None:
    recipe, samples = clone / "recipes/peft/lora.yaml", clone / LORA / "score/samples.parquet"
    recipe.write_text(recipe.read_text().replace("r: 16", "r: 4"))  # a result that no cache holds
    dvc = subprocess.Popen(
        ["dvc", "repro"], cwd=clone, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    child = wait_for_child(dvc.pid, "harness train peft/lora")
    time.sleep(3)  # well into its imports or steps
    dvc.kill()
    dvc.wait()
    _, alive = psutil.wait_procs([child], timeout=20)
    assert not alive, "the stage outlived the killed dvc"
    assert not (clone / LORA / "train").exists()
    assert "peft@lora-hs_products-0" in stages_run(run(clone, "dvc", "repro"))
    after_kill = samples.read_bytes()
    for stage in ("peft@lora-hs_products-0", "score_peft@lora-hs_products-0"):
        run(clone, "dvc", "repro", "--force", "--no-run-cache", "-s", stage)
    assert samples.read_bytes() == after_kill


def wait_for_child(pid: int, command: str) -> psutil.Process:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for child in psutil.Process(pid).children(recursive=True):
            if child.name().startswith("python") and command in " ".join(child.cmdline()):
                return child
        time.sleep(0.1)
    raise AssertionError(f"{command} did not start")
