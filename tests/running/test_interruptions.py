"""Ctrl-C and `kill -9` of `harness repro`: nothing goes on, dvc.lock is whole, and the next run finishes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from harness.running.around_dvc.lock_file import COPY, repair
from tests.pipeline.dvc_tree import dvc, write_dvc_tree
from tests.running.running_tree import locked_stages, naps_in, processes_in, ran, started, told, wait_for

JOBS = ["1", pytest.param("2", marks=pytest.mark.ray)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_dvc_tree(tmp_path)


@pytest.mark.parametrize("jobs", JOBS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_nothing_behind_and_can_be_repeated(
    root: Path, jobs: str, number: signal.Signals
) -> None:
    process = started(root, "--jobs", jobs, NAP="300")
    wait_for(lambda: naps_in(root) >= int(jobs))
    os.killpg(process.pid, number)  # what a terminal does at Ctrl-C: the whole foreground group gets it
    assert process.wait(timeout=60) == (130 if number == signal.SIGINT else -signal.SIGKILL)
    wait_for(lambda: not processes_in(root))
    assert locked_stages(root) == {"fingerprint"}
    assert ("interrupted" in told(root)) == (number == signal.SIGINT)
    output = ran(root, "peft/lora", "--seed", "0")
    assert "ran 2 stages" in output
    assert locked_stages(root) == {"fingerprint", "peft@lora-goods-0", "score_peft@lora-goods-0"}


def test_a_second_run_at_the_same_time_is_refused(root: Path) -> None:
    first = started(root, NAP="300")
    wait_for(lambda: naps_in(root))
    message = ran(root, code=1)
    assert "another `harness repro` is running here" in message
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=60) == 130


def test_half_a_lock_file_of_a_killed_run_is_restored(root: Path) -> None:
    dvc(root, "repro", "fingerprint")
    lock, copy = root / "dvc.lock", root / COPY
    whole = lock.read_text()
    copy.write_text(whole)
    for broken in (whole[:60], whole[: whole.index("  fingerprint")] + "  other:\n    cmd: x\n", ""):
        lock.write_text(broken)
        copy.write_text(whole)
        assert "restored" in (repair(root) or "")
        assert lock.read_text() == whole
        assert not copy.exists()


def test_a_lock_file_that_only_grew_stays_as_it_is(root: Path) -> None:
    dvc(root, "repro", "fingerprint")
    before = (root / "dvc.lock").read_text()
    (root / COPY).write_text(before)
    dvc(root, "repro")
    after = (root / "dvc.lock").read_text()
    assert repair(root) is None
    assert (root / "dvc.lock").read_text() == after
