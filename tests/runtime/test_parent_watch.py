from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]

STAGE = """
import os, pathlib, time
from harness.runtime.parent_watch import exit_with_parent
exit_with_parent(poll_seconds=0.05)
pathlib.Path("pid.new").write_text(str(os.getpid()))
os.replace("pid.new", "pid")
time.sleep(60)
"""

# As dvc/stage/run.py does: the shell of the user, the name of the stage in the environment.
RUNNER = """
import os, subprocess, sys
subprocess.run(["{shell}", "-c", sys.argv[1]], env={{**os.environ, "DVC_STAGE": "peft@lora-x-0"}})
"""


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "stage.py").write_text(STAGE)
    yield tmp_path
    if (tmp_path / "pid").exists() and not ended(pid := int((tmp_path / "pid").read_text())):
        os.kill(pid, signal.SIGKILL)


def start(command: list[str], folder: Path, **environment: str) -> subprocess.Popen[bytes]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("DVC_")}
    with (folder / "stderr").open("wb") as stderr:
        return subprocess.Popen(
            command, cwd=folder, stderr=stderr, env={**clean, "PYTHONPATH": str(ROOT), **environment}
        )


def stage_pid(folder: Path) -> int:
    assert wait_for((folder / "pid").exists), (folder / "stderr").read_text()
    return int((folder / "pid").read_text())


@pytest.mark.parametrize("command", ["{python} stage.py", "{python} stage.py; true"], ids=["exec", "shell stays"])
def test_a_stage_ends_when_its_dvc_is_killed(folder: Path, command: str) -> None:
    runner = start(
        [sys.executable, "-c", RUNNER.format(shell="/bin/sh"), command.format(python=sys.executable)], folder
    )
    pid = stage_pid(folder)
    runner.kill()
    runner.wait()
    assert wait_for(lambda: ended(pid))
    said = (folder / "stderr").read_text()
    assert said == "harness: stage peft@lora-x-0 stops, because its dvc is gone; `dvc repro` starts it again\n"


def test_a_stage_goes_on_while_its_dvc_lives(folder: Path) -> None:
    runner = start([sys.executable, "-c", RUNNER.format(shell="/bin/sh"), f"{sys.executable} stage.py; true"], folder)
    pid = stage_pid(folder)
    time.sleep(0.5)
    assert not ended(pid)
    runner.kill()
    runner.wait()


def test_a_run_by_hand_survives_its_parent(folder: Path) -> None:
    starter = start(
        [sys.executable, "-c", f"import subprocess; subprocess.run(['{sys.executable}', 'stage.py'])"], folder
    )
    pid = stage_pid(folder)
    starter.kill()
    starter.wait()
    time.sleep(0.5)
    assert not ended(pid)


def test_kill_9_of_a_real_dvc_ends_its_stage(folder: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    dvc = [sys.executable, "-m", "dvc"]
    subprocess.run([*dvc, "init", "-q"], cwd=folder, check=True)
    (folder / "dvc.yaml").write_text(f"stages:\n  long:\n    cmd: {sys.executable} stage.py\n    outs: [out]\n")
    repro = start([*dvc, "repro"], folder, DVC_NO_ANALYTICS="1")
    pid = stage_pid(folder)
    repro.send_signal(signal.SIGKILL)
    repro.wait()
    assert wait_for(lambda: ended(pid))
    assert "stage long stops" in (folder / "stderr").read_text()
