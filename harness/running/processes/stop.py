"""Stop a running `dvc` so that dvc.lock stays whole.

DVC writes dvc.lock in place, so a process that is killed while it writes leaves half a file. While the command of a
stage runs, DVC only waits for it. So the command is frozen first: then DVC cannot begin to write, and can be ended.
"""

from __future__ import annotations

import time
from contextlib import suppress

import psutil

PATIENCE_SECONDS = 60.0
"""How long DVC may hash and write before it is killed nevertheless. It usually takes a second."""


def stop_safely(pid: int, *, patience: float = PATIENCE_SECONDS) -> None:
    """End a process and everything below it; if it is DVC, at a moment at which it writes nothing.

    A DVC process that runs no command at the moment may end by itself, or start the next command.
    """
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return
    deadline = time.monotonic() + patience
    while _lives(process) and time.monotonic() < deadline:
        if not _is_dvc(process):
            break
        frozen = _freeze_command(process)
        if frozen:
            _kill([process, *frozen])
            return
        time.sleep(0.05)
    with suppress(psutil.NoSuchProcess):
        _kill([process, *process.children(recursive=True)])


def _freeze_command(process: psutil.Process) -> list[psutil.Process]:
    """The processes of the stage's command, stopped; empty if none runs."""
    frozen = []
    with suppress(psutil.NoSuchProcess):
        for child in process.children(recursive=True):
            if _belongs_to_a_stage(child):
                with suppress(psutil.NoSuchProcess):
                    child.suspend()
                    frozen.append(child)
    return [child for child in frozen if _lives(child)]


def _belongs_to_a_stage(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return "DVC_STAGE" in process.environ()
    return False


def _is_dvc(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return any(word == "dvc" or word.endswith("/dvc") for word in process.cmdline()[:4])
    return False


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
