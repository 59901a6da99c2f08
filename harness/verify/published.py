"""The published runs: those whose records are in the last commit."""

from __future__ import annotations

import subprocess
from pathlib import Path

from harness.config.project import RECORDS, Project, RunKey
from harness.errors import DataError, did_you_mean
from harness.records.run_record import RunRecord, read_record
from harness.verify.compare_records import RUN, SAMPLES, SCORES

COMMIT = "HEAD"


def published_runs(project: Project) -> list[str]:
    """Ids of all runs whose training and scores are in the last commit, sorted.

    Raises:
        DataError: this is no git checkout with a commit.
    """
    folder = RECORDS
    files = set(_git(project, "ls-tree", "-r", "--name-only", COMMIT, "--", folder).decode().splitlines())
    found = {path.removeprefix(f"{folder}/").removesuffix(f"/{RUN}") for path in files if path.endswith(f"/{RUN}")}
    return sorted(run_id for run_id in found if f"{folder}/{run_id}/{SCORES}" in files)


def write_published(project: Project, run_id: str, folder: Path, *, known: list[str]) -> RunKey:
    """Write the record of a run as it is in the last commit into `folder`; the run's key.

    `known`: what `published_runs` gives.

    Raises:
        DataError: the run is not published, or its record cannot be read.
    """
    if run_id not in known:
        raise DataError(
            f'the run "{run_id}" is not published: its records are not in the last commit',
            where=RECORDS,
            hint=did_you_mean(run_id, known),
        )
    inside = f"{RECORDS}/{run_id}"
    listed = _git(project, "ls-tree", "-r", "--name-only", COMMIT, "--", inside).decode().splitlines()
    for name in (RUN, SCORES, SAMPLES):
        if f"{inside}/{name}" in listed:  # a failed run has no samples
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(_git(project, "show", f"{COMMIT}:./{inside}/{name}"))
    run = read_record(RunRecord, folder / RUN)
    return RunKey(run.family, run.recipe, tuple(run.domains), run.seed)


def _git(project: Project, *arguments: str) -> bytes:
    """What git prints.

    Raises:
        DataError: git is missing, or refuses.
    """
    try:
        done = subprocess.run(["git", *arguments], cwd=project.root, capture_output=True, check=False)
    except FileNotFoundError:
        raise DataError("git is not installed", hint="published records are read from git") from None
    if done.returncode:
        raise DataError(
            f"git cannot read the last commit: {done.stderr.decode(errors='replace').strip()}",
            where=str(project.root),
            expected="a clone with a commit",
        )
    return done.stdout
