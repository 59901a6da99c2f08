"""Run one command with its output in a log, and stop it safely when whoever started it is gone or asks for it.

    python -m harness.running.processes.supervisor LOG STOP_FILE COMMAND ...

    harness repro (or a Ray worker) --> supervisor --> dvc --> command of the stage
                                            `- watches its parent, STOP_FILE and SIGTERM

The supervisor has a session of its own, so Ctrl-C in the terminal reaches only `harness repro`, which then creates
STOP_FILE. After `kill -9` of `harness repro` the supervisor notices that its parent is gone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import psutil

from harness.running.processes.stop import stop_safely

STOPPED = 143
"""Exit code of a command that was stopped."""
POLL_SECONDS = 0.2


def supervised(command: Sequence[str], *, log: Path, stop_file: Path) -> list[str]:
    """The command line that runs `command` under a supervisor."""
    return [sys.executable, "-P", "-m", "harness.running.processes.supervisor", str(log), str(stop_file), *command]


def main(argv: Sequence[str]) -> int:
    """Run the command; its exit code, or `STOPPED`."""
    log, stop_file, command = Path(argv[0]), Path(argv[1]), list(argv[2:])
    parent = _parent()
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        while process.poll() is None:
            if asked or stop_file.exists() or parent is None or not parent.is_running():
                stop_safely(process.pid)
                process.wait()
                return STOPPED
            time.sleep(POLL_SECONDS)
    return process.returncode


def _parent() -> psutil.Process | None:
    """The process that started this one; null if it is gone already, and process 1 has taken its place."""
    try:
        parent = psutil.Process(os.getppid())
    except psutil.NoSuchProcess:
        return None
    expected = os.environ.get("HARNESS_STARTED_BY")
    return parent if expected in (None, str(parent.pid)) else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
