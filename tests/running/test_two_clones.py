"""Without a shared file system: a worker's clone runs a part and pushes it, the head's clone restores it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.pipeline.dvc_tree import dvc, write_dvc_tree
from tests.running.running_tree import ran

STAGES = ("peft@lora-goods-0", "score_peft@lora-goods-0")
RECORDS = "reports/records/peft/lora-goods-0"


def git(folder: Path, *arguments: str) -> None:
    author = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository in which nothing ran, with a folder as its DVC remote."""
    root = write_dvc_tree(tmp_path)
    dvc(root, "remote", "add", "-d", "team", str(tmp_path / "remote"))
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start")
    return root


def test_the_head_restores_what_a_worker_ran(origin: Path) -> None:
    worker, head = (origin.parent / name for name in ("worker", "head"))
    for clone in (worker, head):
        git(origin.parent, "clone", "-q", str(origin), str(clone))
    assert "pushed 3 stages" in ran(worker, "peft/lora", "--seed", "0", "--push")
    output = dvc(head, "repro", "--pull", "--allow-missing")
    assert f"Running stage '{STAGES[0]}'" not in output, output
    for name in (f"{RECORDS}/train/record", f"{RECORDS}/score/record", "runs/peft/lora-goods-0/weights"):
        assert (head / name).read_text() == (worker / name).read_text()
    assert "Running stage 'peft@lora-goods-1'" in output
    assert "up to date" in dvc(head, "status")


def test_without_a_remote_the_error_says_how_to_add_one(tmp_path: Path) -> None:
    output = ran(write_dvc_tree(tmp_path), "peft/lora", "--seed", "0", "--push", code=1)
    assert "there is no DVC remote to push to" in output
    assert "dvc remote add -d" in output
