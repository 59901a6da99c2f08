"""The whole pipeline by `dvc repro` in a temporary clone, with the smoke profile: baselines, one of each family."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.documented_commands import commands_to_copy
from tests.pipeline.smoke_clone import (
    DOMAINS,
    assert_all_on_the_board,
    environment,
    in_first_clone,
    run,
    smoke_clone,
    stages_run,
)

pytestmark = pytest.mark.smoke

LORA = "peft/lora-hs_products-0"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After its first `dvc repro`."""
    return smoke_clone(tmp_path_factory.mktemp("clone"), in_first_clone)


def test_every_recipe_and_suite_is_on_the_board(clone: Path) -> None:
    assert assert_all_on_the_board(clone, in_first_clone) == 14


def test_a_second_repro_does_nothing(clone: Path) -> None:
    output = run(clone, "dvc", "repro")
    assert stages_run(output) == []
    assert "up to date" in output


def test_metrics_and_status_are_readable(clone: Path) -> None:
    assert "lora" in run(clone, "dvc", "metrics", "show")
    assert "up to date" in run(clone, "dvc", "status")


def test_the_terminal_board_and_the_store_answer(clone: Path) -> None:
    assert "lora" in run(clone, "python", "-m", "harness", "leaderboard").lower()
    rows = json.loads(run(clone, "python", "-m", "harness", "query", "SELECT count(*) AS n FROM runs", "--json"))
    assert rows == [{"n": 14}]
    assert "nothing" in run(clone, "python", "-m", "harness", "plan").lower()


def set_rank(clone: Path, rank: int) -> None:
    """Make another training of `peft/lora`."""
    recipe = clone / "recipes/peft/lora.yaml"
    text, count = re.subn(r"\br: \d+", f"r: {rank}", recipe.read_text())
    assert count == 1
    recipe.write_text(text)


def test_editing_one_recipe_runs_only_its_column(clone: Path) -> None:
    others = [path for path in (clone / "reports/records").glob("*/*/score/samples.parquet") if "lora" not in str(path)]
    samples = {path: path.read_bytes() for path in others}
    set_rank(clone, 8)
    ran = stages_run(run(clone, "dvc", "repro"))
    column = {f"{group}@lora-{domain}-0" for group in ("peft", "score_peft", "wide_peft") for domain in DOMAINS}
    assert set(ran) - {"fingerprint"} == {*column, "ingest", "report"}
    assert {path: path.read_bytes() for path in samples} == samples


def test_a_comment_or_a_title_runs_no_training(clone: Path) -> None:
    recipe, method = clone / "recipes/peft/lora.yaml", clone / "harness/methods/lora.py"
    texts = recipe.read_text(), method.read_text()
    recipe.write_text(texts[0].replace("title: LoRA", "title: Low-rank adaptation"))
    method.write_text(texts[1] + "\n# a comment\n")
    ran = stages_run(run(clone, "dvc", "repro"))
    assert not [stage for stage in ran if "@" in stage]
    recipe.write_text(texts[0])
    method.write_text(texts[1])


def test_a_file_of_ones_own_becomes_rows_of_the_board(clone: Path) -> None:
    kept = {path: path.read_bytes() for path in (clone / "reports/records").glob("*/*/score/samples.parquet")}
    (clone / "path/to").mkdir(parents=True)
    shutil.copy(clone / "tests/fixtures/tickets.csv", clone / "path/to")
    told = run(clone, "python", "-m", "harness", "domain", "add", "tickets", "path/to/tickets.csv")
    assert "text/label" in told
    ran = stages_run(run(clone, "dvc", "repro"))
    # a new source and new held-out items: looked at again, with the same outcome, so nothing is trained again
    others = {stage.split("@")[0] for stage in ran if "@" in stage and "tickets" not in stage}
    assert others <= {"base", "collect", "prepare", "preferences"}
    board = json.loads((clone / "reports/leaderboard.json").read_text())
    tickets = [row for row in board["rows"] if row["domain"] == "tickets"]
    assert len(tickets) == 7
    assert all(row["status"] == "ok" for row in tickets)
    assert all(row["n"] == 12 for row in tickets if row["recipe"] != "encoder")  # `scoring.items` of the profile
    assert {path: path.read_bytes() for path in kept} == kept
    run_documented_commands(clone)
    run(clone, "python", "-m", "harness", "domain", "remove", "tickets")
    assert not [
        stage for stage in stages_run(run(clone, "dvc", "repro")) if stage.startswith(("baseline", "sft", "peft"))
    ]


ELSEWHERE = {"repro", "--live", "verify", "base"}
"""Words of commands that tests of their own run: they take minutes, never end, or need models of the user's own."""


def run_documented_commands(clone: Path) -> None:
    """Every command line that README and docs show runs as written; the domain `tickets` was added before."""
    author = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    run(clone, "git", "add", "-A")
    run(clone, "git", *author, "commit", "-qm", "tickets")  # `report diff HEAD~1` wants two commits
    lines = {tuple(shlex.split(command, comments=True)): page for command, page in commands_to_copy("harness").items()}
    add = ("harness", "domain", "add", "tickets", "path/to/tickets.csv")
    assert add in lines, "the pages show how to add the domain in these words"
    for line, page in lines.items():
        if line[:3] != add[:3] and not ELSEWHERE & set(line):
            print(page, *line)  # pytest shows it if the command fails
            run(clone, "python", "-m", *line)
    run(clone, "git", "checkout", "--", ".")  # `tune` writes into recipes


def test_starter_rows_are_measured_beside_the_published_ones_and_git_stays_clean(clone: Path) -> None:
    author = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    run(clone, "git", "add", "-A")
    run(clone, "git", *author, "commit", "-qm", "records", "--allow-empty")
    output = run(clone, "python", "-m", "harness", "repro", "--starter")
    assert "2 your own" in output
    assert "2 runs repeated: 2 equal to the last byte" in output
    assert run(clone, "git", "status", "--porcelain") == ""
    assert (clone / "runs/own/records/peft/lora-hs_products-0/score/scores.json").is_file()
    again = run(clone, "python", "-m", "harness", "repro", "--starter")
    assert "nothing to do" in again
    shutil.rmtree(clone / "runs/own")


def test_killing_dvc_in_a_stage_and_repeating_ends_in_the_same_bytes(clone: Path) -> None:
    samples = clone / "reports/records" / LORA / "score/samples.parquet"
    set_rank(clone, 4)  # a result that no cache holds
    # the stage is a child of DVC here, as it is for users, and not one of the fork server
    own = environment(clone, forks=False)
    dvc = subprocess.Popen(["dvc", "repro"], cwd=clone, env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    child = wait_for_child(dvc.pid, "harness train peft/lora")
    time.sleep(3)  # well into its imports or steps
    dvc.kill()
    dvc.wait()
    _, alive = psutil.wait_procs([child], timeout=20)
    assert not alive, "the stage outlived the killed dvc"
    assert not (clone / "runs" / LORA).exists()
    stages = ("peft@lora-hs_products-0", "score_peft@lora-hs_products-0")
    assert set(stages) <= set(stages_run(run(clone, "dvc", "repro", stages[1])))
    after_kill = samples.read_bytes()
    again = run(clone, "dvc", "repro", "--force", "--no-run-cache", "-s", *stages)
    assert stages_run(again) == [*stages]
    assert samples.read_bytes() == after_kill


def wait_for_child(pid: int, command: str) -> psutil.Process:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for child in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.Error):  # it has ended since
                if child.name().startswith("python") and command in " ".join(child.cmdline()):
                    return child
        time.sleep(0.1)
    raise AssertionError(f"{command} did not start")
