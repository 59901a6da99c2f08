"""Run several tasks at a time: Ray decides where, on this machine or on a cluster with a shared file system.

    schedule: a task is ready --> Ray: a machine has its cores, GPUs and memory free --> supervisor --> dvc repro -s

Ray only reserves and starts; DVC hashes, locks and records. Nothing but the outcome passes through Ray.
"""

from __future__ import annotations

import os
import socket
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import harness
from harness.errors import HarnessError
from harness.running.around_dvc.dvc_output import outcome_of
from harness.running.around_dvc.lock_file import keep_copy
from harness.running.engines.placement import Machine, Request, request
from harness.running.live import LiveView
from harness.running.processes.session import Session, stage_environment
from harness.running.processes.supervisor import supervised
from harness.running.tasks.schedule import Schedule
from harness.running.tasks.task import Task

POLL_SECONDS = 0.25
STOP_SECONDS = 90.0
"""How long all tasks have to stop after Ctrl-C."""
REACH_SECONDS = 10.0
"""How long a cluster may take to answer."""
WITHOUT = "`harness repro --jobs 1` and `dvc repro` need no Ray"
LAUNCH = ("sh", "-c", 'HARNESS_STARTED_BY=$$ "$@"; exit $?', "sh")
"""A shell between Ray's worker and the supervisor. A worker that ends kills the processes that it started itself. The
shell takes that blow, and the supervisor, whose parent is then gone, stops DVC safely."""
OBJECT_STORE_BYTES = 100 * 1024**2
"""Ray's own memory for results. Tasks return an exit code, so the rest of the memory is for stages."""


@dataclass
class Cluster:
    """A started Ray and its machines."""

    ray: Any
    machines: Sequence[Machine] = field(default_factory=list)


@contextmanager
def started(address: str | None, *, jobs: int | None = None) -> Iterator[Cluster]:
    """Ray on this machine, or the running cluster at `address` (`auto`, `host:6379`); ended after the block.

    `jobs`: on this machine so many tasks must find a core, even if it has fewer.

    Raises:
        HarnessError: Ray is not installed or cannot be started.
    """
    ray = _imported()
    _refuse_unreachable(address)
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # keep CUDA_VISIBLE_DEVICES of tasks without GPUs
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        ray.init(
            address=address or "local",
            include_dashboard=None if address else False,
            log_to_driver=False,
            logging_level="ERROR",
            **({} if address else _own_machine(jobs or 1)),
        )
    except Exception as error:  # Ray raises many kinds, from ConnectionError to RuntimeError and its own
        where = f"--address {address}" if address else "this machine"
        raise HarnessError(
            f"Ray cannot be started: {' '.join(str(error).split())[:300] or type(error).__name__}",
            where=where,
            hint=f"`ray status` tells whether a cluster runs; {WITHOUT}",
        ) from error
    try:
        yield Cluster(ray, _machines(ray))
    finally:
        ray.shutdown()


def _refuse_unreachable(address: str | None) -> None:
    """Ray itself tries for many minutes.

    Raises:
        HarnessError: nothing listens at `HOST:PORT`.
    """
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host, int(port)), timeout=REACH_SECONDS).close()
    except OSError as error:
        raise HarnessError(
            f"Ray cannot be started: nothing answers there ({error})",
            where=f"--address {address}",
            hint=f"`ray start --head` on that machine starts a cluster; {WITHOUT}",
        ) from None


def _own_machine(jobs: int) -> dict[str, int]:
    """What Ray may hand out on this machine: every core, and the memory that nothing uses now."""
    import psutil

    memory = int(psutil.virtual_memory().available)
    return {
        "num_cpus": max(os.cpu_count() or 1, jobs),
        "_memory": memory,
        "object_store_memory": OBJECT_STORE_BYTES,
    }


def run_with_ray(
    schedule: Schedule, cluster: Cluster, session: Session, view: LiveView, *, jobs: int, share: int
) -> None:
    """Run the tasks, at most `jobs` at a time, each with `share` cores unless it names its own number.

    Raises:
        KeyboardInterrupt: after everything has stopped.
    """
    running: dict[Any, str] = {}
    try:
        while not schedule.finished:
            _submit(schedule, cluster, session, running, jobs=jobs, share=share)
            view.refresh()
            for stream in cluster.ray.wait(list(running), timeout=POLL_SECONDS)[0] if running else ():
                _read(schedule, cluster, session, running, stream)
            keep_copy(session.root)
    except KeyboardInterrupt:
        session.stop_all()
        _await_end(cluster, running)
        raise
    view.refresh()


def _submit(
    schedule: Schedule, cluster: Cluster, session: Session, running: dict[Any, str], *, jobs: int, share: int
) -> None:
    """Hand ready tasks to Ray; it starts each as soon as a machine has room for it."""
    submitted = set(running.values())
    for task in schedule.ready():
        if len(running) < jobs and task.name not in submitted:
            running[_remote(cluster.ray, task, session, request(task, share=share))] = task.name


def _read(schedule: Schedule, cluster: Cluster, session: Session, running: dict[Any, str], stream: Any) -> None:
    """One report of a task: the name of its machine when it starts, its exit code at the end."""
    name, now = running[stream], time.monotonic()
    try:
        report = cluster.ray.get(next(stream))
    except StopIteration:
        running.pop(stream)
        return
    except Exception as error:  # the worker died: out of memory, or the machine is gone
        running.pop(stream)
        if schedule.status[name].state in ("waiting", "running"):
            with session.log(name).open("a", encoding="utf-8") as log:
                log.write(f"\nRay lost the task: {error}\n")
            schedule.end(name, "failed", now=now)
        return
    if isinstance(report, str):
        schedule.start(name, now=now, where=report if len(cluster.machines) > 1 else "")
    else:
        output = session.log(name).read_text(encoding="utf-8", errors="replace")
        schedule.end(name, outcome_of(output, code=report), now=now)


def _remote(ray: Any, task: Task, session: Session, wanted: Request) -> Any:
    """Start the task in Ray; a stream of its reports."""
    command = [*LAUNCH, *supervised(task.command, log=session.log(task.name), stop_file=session.stop_file)]
    own = stage_environment(threads=wanted.cpus)
    own.pop("HARNESS_STARTED_BY")  # LAUNCH sets it
    programs = str(Path(sys.executable).parent)
    root = str(session.root)

    def work() -> Iterator[str | int]:
        # Ray sends this function to the worker as it is, so it uses the standard library alone
        import os
        import platform
        import subprocess

        yield platform.node()
        path = os.environ.get("PATH", "")
        found = path if programs in path.split(os.pathsep) else f"{programs}{os.pathsep}{path}"
        environment = {**os.environ, **own, "PATH": found}
        yield subprocess.run(command, cwd=root, env=environment, start_new_session=True, check=False).returncode

    options = {"num_cpus": wanted.cpus, "num_gpus": wanted.gpus, "max_retries": 0, "name": task.name}
    memory = {"memory": wanted.memory_bytes} if wanted.memory_bytes else {}
    return ray.remote(work).options(num_returns="streaming", **options, **memory).remote()


def _await_end(cluster: Cluster, running: dict[Any, str]) -> None:
    """Wait until the supervisors have stopped their commands, or the time is up."""
    deadline = time.monotonic() + STOP_SECONDS
    while running and time.monotonic() < deadline:
        for stream in cluster.ray.wait(list(running), timeout=POLL_SECONDS)[0]:
            try:
                next(stream)
            except Exception:  # StopIteration, or the worker is gone: either way it has ended
                running.pop(stream)


def _machines(ray: Any) -> list[Machine]:
    return [
        Machine(
            name=node["NodeManagerHostname"],
            cpus=int(node["Resources"].get("CPU", 0)),
            gpus=int(node["Resources"].get("GPU", 0)),
            memory_bytes=float(node["Resources"].get("memory", 0)),
        )
        for node in ray.nodes()
        if node["Alive"] and node["Resources"].get("CPU")
    ]


def _imported() -> Any:
    """The module `ray`.

    Raises:
        HarnessError: it is not installed.
    """
    try:
        import ray
    except ImportError as error:
        raise HarnessError(
            f"more than one stage at a time needs Ray, which is not installed ({error})",
            expected=f"the extra `cluster`: {install_command()}",
            hint=WITHOUT,
        ) from None
    return ray


def install_command() -> str:
    """The command that installs the version of Ray that was tested with the harness."""
    path = Path(harness.__file__ or "").parents[1] / "pyproject.toml"
    pins: list[str] = []
    if path.is_file():
        pins = tomllib.loads(path.read_text(encoding="utf-8"))["project"]["optional-dependencies"]["cluster"]
    return f'{sys.executable} -m pip install "{pins[0] if pins else "ray"}"'
