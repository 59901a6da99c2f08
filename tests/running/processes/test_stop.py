from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from harness.running.processes.stop import stop_safely
from harness.running.processes.supervisor import STOPPED, supervised
from tests.running.running_tree import wait_for
from tests.tree import ROOT

PRETENDS_TO_BE_DVC = """
import os, pathlib, subprocess, sys, time
while True:
    pathlib.Path(sys.argv[2]).write_text("half")   # DVC writes its lock file
    time.sleep(0.5)
    pathlib.Path(sys.argv[2]).write_text("whole")
    subprocess.run(["sleep", "0.4"], env={**os.environ, "DVC_STAGE": "a"})
"""


def test_dvc_is_stopped_only_while_its_command_runs(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    script = tmp_path / "dvc"
    script.write_text(PRETENDS_TO_BE_DVC)
    for pause in (0.0, 0.3, 0.6):
        process = subprocess.Popen([sys.executable, str(script), "repro", str(lock)])
        wait_for(lock.exists)
        time.sleep(pause)
        stop_safely(process.pid)
        assert process.wait(timeout=10) == -signal.SIGKILL
        assert lock.read_text() == "whole"
        lock.unlink()


def test_a_process_that_is_gone_already_needs_no_stopping() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    stop_safely(process.pid)


def run_supervisor(folder: Path, *command: str) -> subprocess.Popen[bytes]:
    line = supervised(command, log=folder / "log", stop_file=folder / "stop")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HARNESS_STARTED_BY": str(os.getpid())}
    return subprocess.Popen(line, env=environment)


def test_the_supervisor_passes_the_exit_code_and_keeps_the_output(tmp_path: Path) -> None:
    process = run_supervisor(tmp_path, "sh", "-c", "echo told; exit 7")
    assert process.wait(timeout=60) == 7
    assert (tmp_path / "log").read_text() == "told\n"


def test_the_supervisor_stops_its_command_when_it_is_asked(tmp_path: Path) -> None:
    process = run_supervisor(tmp_path, "sh", "-c", "echo started; exec sleep 300")
    wait_for(lambda: (tmp_path / "log").exists() and (tmp_path / "log").read_text())
    (tmp_path / "stop").touch()
    assert process.wait(timeout=60) == STOPPED


def test_the_supervisor_starts_nothing_for_a_parent_that_is_gone(tmp_path: Path) -> None:
    line = supervised(["sleep", "300"], log=tmp_path / "log", stop_file=tmp_path / "stop")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HARNESS_STARTED_BY": "1"}
    assert subprocess.run(line, env=environment, timeout=60, check=False).returncode == STOPPED
