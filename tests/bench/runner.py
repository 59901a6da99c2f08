"""What the runner itself costs: stages that only wait, 1, 2, 4 and 8 at a time -> reports/bench/runner.json.

    python -m tests.bench.runner

Waiting stages need no cores, so the time with N at a time shows how well the runner keeps N of them going: the start of
DVC for each stage, its locks, and Ray.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from harness.running.engines.in_order import Batch, log_of, repro_command, run_in_order
from harness.running.engines.ray_engine import run_with_ray, started
from harness.running.live import LiveView
from harness.running.processes.session import Session
from harness.running.tasks.schedule import Schedule
from harness.running.tasks.task import Task, stage_command
from tests.tree import ROOT

STAGES, SECONDS = 8, 10
JOBS = (1, 2, 4, 8)


def main() -> int:
    """Measure each number of jobs once, and write the file."""
    measured = []
    for jobs in JOBS:
        with tempfile.TemporaryDirectory() as folder:
            seconds = _seconds(_waiting_tree(Path(folder)), jobs)
        ideal = STAGES * SECONDS / jobs
        measured.append({"jobs": jobs, "seconds": round(seconds, 1), "ideal_seconds": ideal})
        print(f"{jobs} at a time: {seconds:.1f} s, at best {ideal:.0f} s", flush=True)
    report = {
        "stages": STAGES,
        "seconds_per_stage": SECONDS,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "measured": measured,
    }
    path = ROOT / "reports/bench/runner.json"
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {path.relative_to(ROOT)}")
    return 0


def _waiting_tree(root: Path) -> Path:
    """A DVC repository whose stages wait and write one line."""
    lines = [
        "stages:",
        "  wait:",
        f"    matrix: {{number: {list(range(STAGES))}}}",
        f"    cmd: sleep {SECONDS} && echo ${{item.number}} > ${{item.number}}.txt",
        "    deps: [in.txt]",
        "    outs:",
        "      - ${item.number}.txt",
    ]
    (root / "dvc.yaml").write_text("\n".join([*lines, ""]))
    (root / "in.txt").write_text("input\n")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q"], cwd=root, check=True)
    return root


def _seconds(root: Path, jobs: int) -> float:
    """Seconds for all stages, Ray's own start not counted."""
    names = [f"wait@{number}" for number in range(STAGES)]
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
