"""End a stage when the `dvc` that started it is gone.

`kill -9` of dvc leaves the command of its stage running. The orphan would go on computing and write to the same files
as the next `dvc repro`. dvc runs a stage through a shell and sets DVC_STAGE in its environment (dvc/stage/run.py):

    dvc repro  ->  bash -c "python -m harness train ..."  ->  python
    `- watched                `- skipped                        `- this process
"""

from __future__ import annotations

import os
import sys
import threading
import time

import psutil

POLL_SECONDS = 1.0

# Programs that only start a command for dvc, and stay alive when dvc dies.
_SHELLS = {"sh", "bash", "dash", "ash", "busybox", "zsh", "fish", "ksh", "csh", "tcsh", "cmd.exe"}
_PASSERS_ON = _SHELLS | {"time", "timeout"}


def exit_with_parent(*, poll_seconds: float = POLL_SECONDS) -> None:
    """In a DVC stage, end this process as soon as dvc is gone. Outside of one (such as `nohup` by hand), do nothing.

    The process ends with exit code 1 and without any clean-up. Outputs are written atomically, and the next start of
    the stage removes half-written ones.
    """
    if "DVC_STAGE" not in os.environ:
        return
    runner = _runner(psutil.Process())
    if runner is None:
        _leave()
    else:
        threading.Thread(target=_watch, args=(runner, poll_seconds), name="parent-watch", daemon=True).start()


def _runner(process: psutil.Process) -> psutil.Process | None:
    """The nearest ancestor that is not a shell; None if dvc died before this process looked for it."""
    try:
        for ancestor in process.parents():
            name = ancestor.name().removeprefix("-")  # a login shell is called "-bash"
            if ancestor.pid == 1 and not name.startswith(("dvc", "python", "pypy")):
                return None  # init adopted this process; in a container, process 1 may be dvc itself
            if name not in _PASSERS_ON:
                return ancestor
    except psutil.NoSuchProcess:
        pass
    return None


def _watch(runner: psutil.Process, poll_seconds: float) -> None:
    while _lives(runner):
        time.sleep(poll_seconds)
    _leave()


def _lives(process: psutil.Process) -> bool:
    try:
        # is_running compares the creation time, so a new process with the same id is not mistaken for dvc
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _leave() -> None:
    stage = os.environ["DVC_STAGE"]
    print(
        f"harness: stage {stage} stops, because its dvc is gone; `dvc repro` starts it again",
        file=sys.stderr,
        flush=True,
    )
    os._exit(1)
