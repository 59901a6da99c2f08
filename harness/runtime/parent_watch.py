"""A stage ends with the `dvc` that started it.

`kill -9` of dvc leaves the command of its stage running; the orphan would go on computing and race
with the next `dvc repro`. dvc runs a stage through a shell and tells it so by DVC_STAGE
(dvc/stage/run.py):

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

# Programs that only pass a command on, and outlive the dvc that started them.
_SHELLS = {"sh", "bash", "dash", "ash", "busybox", "zsh", "fish", "ksh", "csh", "tcsh", "cmd.exe"}
_PASSERS_ON = _SHELLS | {"time", "timeout"}


def exit_with_parent(*, poll_seconds: float = POLL_SECONDS) -> None:
    """Under DVC, end this process as soon as dvc is gone; otherwise do nothing (`nohup` by hand survives).

    The process ends with exit code 1 and without any clean-up: outputs are written atomically, and
    what is half-written is swept by the next start of the stage.
    """
    if "DVC_STAGE" not in os.environ:
        return
    runner = _runner(psutil.Process())
    if runner is None:
        _leave()
    else:
        threading.Thread(target=_watch, args=(runner, poll_seconds), name="parent-watch", daemon=True).start()


def _runner(process: psutil.Process) -> psutil.Process | None:
    """The nearest ancestor that is not a shell; None if dvc died before we looked."""
    try:
        for ancestor in process.parents():
            name = ancestor.name().removeprefix("-")  # a login shell is called "-bash"
            if ancestor.pid == 1 and not name.startswith(("dvc", "python", "pypy")):
                return None  # init adopted us; in a container pid 1 may be dvc itself
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
    print(f"harness: dvc is gone, so its stage {stage} ends; `dvc repro` starts it again", file=sys.stderr, flush=True)
    os._exit(1)
