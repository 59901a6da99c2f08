"""Run tasks one after another, without Ray: `dvc repro` for stages, plain commands for the rest."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harness.errors import HarnessError
from harness.running.around_dvc.dvc_output import DvcOutput, outcome_of
from harness.running.around_dvc.lock_file import keep_copy
from harness.running.live import LiveView
from harness.running.processes.session import Session, merged, stage_environment
from harness.running.processes.supervisor import supervised
from harness.running.tasks.schedule import Schedule
from harness.running.tasks.task import DVC, Task

POLL_SECONDS = 0.25
DVC_LOG = "dvc repro"
"""Name of the log that all stages of one `dvc repro` share."""


@dataclass(frozen=True)
class Batch:
    """One process that does one task, or `dvc repro` with all the stages that it looks at."""

    command: tuple[str, ...]
    task: str | None = None
    """The only task of the command; null: `dvc repro`, which reports its stages itself."""


def repro_command(targets: Sequence[str], *, allow_missing: bool, pull: bool = False) -> tuple[str, ...]:
    """One `dvc repro` with everything before its targets; without targets, the whole pipeline.

    A failed stage skips only the stages that depend on it.
    """
    options = [*(["--allow-missing"] if allow_missing else []), *(["--pull"] if pull else [])]
    return sys.executable, "-P", "-m", DVC, "--wait-for-lock", "repro", "--keep-going", *options, *targets


def single(task: Task) -> Batch:
    """The task by itself."""
    return Batch(task.command, task.name)


def run_in_order(schedule: Schedule, batches: Iterable[Batch], session: Session, view: LiveView) -> None:
    """Run the batches and note in the schedule what they did. After Ctrl-C everything is stopped safely.

    Raises:
        KeyboardInterrupt: after everything has stopped.
    """
    for batch in batches:
        if batch.task is not None:
            if schedule.status[batch.task].state != "waiting":
                continue  # skipped: what it waits for failed
            schedule.start(batch.task, now=time.monotonic())
        view.refresh()
        _run(schedule, batch, session, view)
        keep_copy(session.root)
    for name in schedule.names("waiting"):  # DVC did not mention them: they were up to date after all
        schedule.end(name, "unchanged", now=time.monotonic())
    view.refresh()


def log_of(session: Session, schedule: Schedule, task: str) -> Path:
    """The log of a task: its own, or the one that all stages of `dvc repro` share."""
    own = session.log(task)
    return own if own.is_file() else session.log(DVC_LOG)


def _run(schedule: Schedule, batch: Batch, session: Session, view: LiveView) -> None:
    log = session.log(batch.task or DVC_LOG)
    log.touch()
    start = log.stat().st_size
    process = _start(batch.command, log, session)
    output = DvcOutput(schedule)
    try:
        with log.open(encoding="utf-8", errors="replace") as stream:
            stream.seek(start)
            while True:
                ended = process.poll() is not None  # before the last lines are read, or they could be missed
                for line in _lines(stream, all_of_it=ended):
                    if batch.task is None:
                        output.read(line, now=time.monotonic())
                view.refresh()
                if ended:
                    break
                time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        session.stop_all()
        process.wait()
        raise
    if batch.task is None:
        output.close(ok=process.returncode == 0, now=time.monotonic())
        if process.returncode != 0 and not schedule.names("failed"):
            raise _dvc_failed(log, process.returncode)
    else:
        text = log.read_text(encoding="utf-8", errors="replace")
        schedule.end(batch.task, outcome_of(text, code=process.returncode), now=time.monotonic())
    view.refresh()


def _start(command: Sequence[str], log: Path, session: Session) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        supervised(command, log=log, stop_file=session.stop_file),
        cwd=session.root,
        env=merged(os.environ, stage_environment()),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _dvc_failed(log: Path, code: int) -> HarnessError:
    """DVC ended without saying which stage failed."""
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return HarnessError(
        f"`dvc repro` ended with exit code {code}: {' / '.join(lines[-3:]) or 'it printed nothing'}",
        where=str(log),
        hint="`dvc repro --verbose` says more",
    )


def _lines(stream: IO[str], *, all_of_it: bool) -> Iterator[str]:
    """The complete lines that were added; the rest waits for the next call, unless `all_of_it`."""
    while True:
        place = stream.tell()
        line = stream.readline()
        if not line:
            return
        if not line.endswith("\n") and not all_of_it:
            stream.seek(place)
            return
        yield line.rstrip("\n")
