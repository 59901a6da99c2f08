"""The mini tree whose `harness repro` runs in a process of its own, so that it can be interrupted."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from ruamel.yaml import YAML

from tests.pipeline.dvc_tree import ROOT

PATIENCE_SECONDS = 120.0


def environment(root: Path, **variables: str) -> dict[str, str]:
    """The tree's `python` first on the path; `NAP` makes trainings sleep, `BROKEN` names a recipe that fails."""
    programs = [str(root.parent / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PATH": os.pathsep.join(programs), "PYTHONPATH": path, "DVC_NO_ANALYTICS": "1", **variables}


def started(root: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """`harness repro` in a session of its own, with its output in `repro.out` beside the project."""
    with (root.parent / "repro.out").open("w") as output:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "harness", "repro", *arguments],
            cwd=root,
            env=environment(root, **variables),
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )


def told(root: Path) -> str:
    """What `harness repro` printed."""
    return (root.parent / "repro.out").read_text()


def ran(root: Path, *arguments: str, code: int = 0, **variables: str) -> str:
    """What `harness repro` prints; it must end with this exit code."""
    assert started(root, *arguments, **variables).wait(timeout=300) == code, told(root)
    return told(root)


def wait_for(condition: Callable[[], Any], *, seconds: float = PATIENCE_SECONDS) -> Any:
    """The first true value of the condition; it must come in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def processes_in(root: Path) -> list[psutil.Process]:
    """Supervisors, DVC and commands that work in the project."""
    found = []
    for process in psutil.process_iter():
        try:
            here = Path(process.cwd()) == root and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
        if here:
            found.append(process)
    return found


def naps_in(root: Path) -> int:
    """Trainings that sleep now."""
    names = []
    for process in processes_in(root):
        try:
            names.append(process.name())
        except psutil.Error:
            continue
    return names.count("sleep")


def locked_stages(root: Path) -> set[str]:
    """The stages in dvc.lock, which must be whole."""
    return set(YAML(typ="safe").load((root / "dvc.lock").read_text())["stages"])
