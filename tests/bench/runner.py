"""What the runner itself costs, beside plain `dvc repro` over the same ten stages -> reports/bench/runner.json.

    python -m tests.bench.runner

Waiting stages need no cores, so the time with N at a time shows how well the runner keeps N of them going: the start of
DVC for each stage, its locks, and Ray. Computing stages multiply matrices with all threads, as trainings do.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from harness.running.engines.in_order import Batch, log_of, repro_command, run_in_order
from harness.running.engines.ray_engine import run_with_ray, started
from harness.running.live import LiveView
from harness.running.processes.session import Session
from harness.running.tasks.schedule import Schedule
from harness.running.tasks.task import Task, stage_command
from tests.tree import ROOT

GROUP = "work"
STAGES, SECONDS = 10, 5
WAITING = f"sleep {SECONDS}"
COMPUTING = (
    f"{sys.executable} -c 'import numpy; a = numpy.ones((2000, 2000), numpy.float32); [a @ a for _ in range(60)]'"
)
JOBS: Mapping[str, tuple[str, tuple[int, ...]]] = {"waiting": (WAITING, (1, 2, 4, 8)), "computing": (COMPUTING, (1, 2))}
"""Kind of stage -> its command, and how many run at a time."""


def main() -> int:
    """Measure each kind and number of jobs once, and write the file."""
    measured = []
    for kind, (command, counts) in JOBS.items():
        plain = _in_fresh_tree(command, _plain)
        measured.append({"stages": kind, "runner": "dvc repro", "jobs": 1, "seconds": round(plain, 1), "ratio": 1.0})
        print(f"{kind}, dvc repro: {plain:.1f} s", flush=True)
        for jobs in counts:
            seconds = _in_fresh_tree(command, partial(_seconds, jobs=jobs))
            ratio = round(seconds / plain, 2)
            row = {"stages": kind, "runner": "harness repro", "jobs": jobs, "seconds": round(seconds, 1)}
            measured.append({**row, "ratio": ratio})
            print(f"{kind}, {jobs} at a time: {seconds:.1f} s, {ratio:.2f} of dvc repro", flush=True)
    report = {
        "stages": STAGES,
        "seconds_per_waiting_stage": SECONDS,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "measured": measured,
    }
    path = ROOT / "reports/bench/runner.json"
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {path.relative_to(ROOT)}")
    return 0


def _in_fresh_tree(command: str, run: Callable[[Path], float]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return run(_tree(Path(folder), command))


def _tree(root: Path, command: str) -> Path:
    """A DVC repository whose stages run the command and write one line."""
    lines = [
        "stages:",
        f"  {GROUP}:",
        f"    matrix: {{number: {list(range(STAGES))}}}",
        f"    cmd: {command} && echo ${{item.number}} > ${{item.number}}.txt",
        "    deps: [in.txt]",
        "    outs:",
        "      - ${item.number}.txt",
    ]
    (root / "dvc.yaml").write_text("\n".join([*lines, ""]))
    (root / "in.txt").write_text("input\n")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q"], cwd=root, check=True)
    return root


def _plain(root: Path) -> float:
    """Seconds of `dvc repro` for all stages."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "dvc", "repro", "-q"], cwd=root, check=True)
    return time.perf_counter() - began


def _seconds(root: Path, jobs: int) -> float:
    """Seconds for all stages, Ray's own start not counted."""
    names = [f"{GROUP}@{number}" for number in range(STAGES)]
    schedule = Schedule(Task(name, stage_command(name, allow_missing=True), seconds=SECONDS) for name in names)
    with Session.begin(root) as session:
        view = LiveView(schedule, jobs=jobs, log_of=partial(log_of, session, schedule))
        if jobs == 1:
            began = time.perf_counter()
            run_in_order(schedule, [Batch(repro_command((), allow_missing=True))], session, view)
            return _checked(schedule, began)
        with started(None, jobs=jobs) as cluster:
            began = time.perf_counter()
            run_with_ray(schedule, cluster, session, view, jobs=jobs, share=1)
            return _checked(schedule, began)


def _checked(schedule: Schedule, began: float) -> float:
    """The time since `began`; every stage must have run."""
    seconds = time.perf_counter() - began
    assert len(schedule.names("done")) == STAGES, schedule.status
    return seconds


if __name__ == "__main__":
    sys.exit(main())
