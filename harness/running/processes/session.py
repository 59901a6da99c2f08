"""The files of one `harness repro`: the logs of its stages, and the file that asks everything to stop."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import harness
from harness.errors import HarnessError

FOLDER = "runs/.logs"
LOCK = "runs/.repro.lock"


@dataclass(frozen=True)
class Session:
    """Where things are while stages run. `root` is the project; workers on other machines see the same folder."""

    root: Path

    @classmethod
    @contextmanager
    def begin(cls, root: Path) -> Iterator[Session]:
        """Hold the project's lock during the block, with an empty folder of logs.

        Raises:
            HarnessError: another `harness repro` runs in this project.
        """
        import fcntl

        session = cls(root)
        session.folder.mkdir(parents=True, exist_ok=True)
        with (root / LOCK).open("a") as lock:  # the system releases it when the process ends, whatever the cause
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HarnessError(
                    "another `harness repro` is running here", where=str(root), hint="wait until it ends, or stop it"
                ) from None
            shutil.rmtree(session.folder)
            session.folder.mkdir()
            yield session

    @property
    def folder(self) -> Path:
        """Holds one log per task."""
        return self.root / FOLDER

    @property
    def stop_file(self) -> Path:
        """All supervisors stop what they run once this file is there."""
        return self.folder / ".stop"

    def log(self, task: str) -> Path:
        """The file with everything that the task prints."""
        return self.folder / f"{re.sub(r'[^A-Za-z0-9._@+-]+', '-', task)}.log"

    def stop_all(self) -> None:
        """Ask all supervisors to stop what they run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.stop_file.touch()


def stage_environment(*, threads: int | None = None) -> dict[str, str]:
    """Variables that a task gets besides those of the machine it runs on. It runs the code of this harness, also where
    the harness is not installed.

    Args:
        threads: threads of torch and of the matrix libraries; null: as the machine decides.
    """
    code = str(Path(harness.__file__ or "").parents[1])
    given = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    found = {
        "PYTHONUNBUFFERED": "1",
        "DVC_NO_ANALYTICS": "1",
        "HARNESS_STARTED_BY": str(os.getpid()),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys([code, *given])),
    }
    if threads is not None:
        names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        found |= dict.fromkeys(names, str(threads))
    return found


def merged(environment: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """`environment` with the variables of `own`, and with this interpreter's programs on the path.

    Stages call `python`, which must be this one also where no environment was activated.
    """
    programs = str(Path(sys.executable).parent)
    path = environment.get("PATH", "")
    found = path if programs in path.split(os.pathsep) else f"{programs}{os.pathsep}{path}"
    return {**environment, "PATH": found, **own}
