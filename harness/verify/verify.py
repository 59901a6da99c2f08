"""Repeat published runs in a temporary folder and compare each with its record.

git HEAD --> published record ------------------------------+
recipe, data, base --> train --> score --> repeated record --+--> Agreement
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.config.folds import pooled_run
from harness.config.project import Project
from harness.display.numbers import duration
from harness.errors import DataError
from harness.evidence.resampling import Resampling
from harness.records.run_record import RunRecord, ScoreRecord, read_record
from harness.verify.agreement import Agreement
from harness.verify.compare_records import RUN, SCORES, compare_records
from harness.verify.published import published_runs, write_published
from harness.verify.repeat import Repetition, lineage, needed_runs, require_inputs


def verify(project: Project, run_ids: Sequence[str]) -> Iterator[Agreement]:
    """The agreement of each run, one after another; without `run_ids` of every published run that params.yaml lists. A
    row of a domain with folds stands for their runs.

    Nothing that git or DVC tracks is changed, and the temporary folder is removed.

    Raises:
        DataError: a run is not published, or data or base models are missing. Found before the first training.
        HarnessError: a run cannot be repeated.
    """
    known = published_runs(project)
    named = [run_id for name in run_ids for run_id in _behind(project, name)]
    wanted = list(dict.fromkeys(named)) or [key.id for key in project.runs() if key.id in known]
    if not wanted:
        raise DataError(
            "no run of params.yaml is published: the last commit has no records of one",
            where="reports/records",
            hint="`dvc repro` writes records; commit them to publish them",
        )
    scoring = project.params.scoring
    resampling = Resampling(confidence=scoring.confidence, resamples=scoring.resamples)
    (project.root / "runs").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".verify-", dir=project.root / "runs") as temporary:
        folder = Path(temporary)
        keys = [write_published(project, run_id, folder / "published" / run_id, known=known) for run_id in wanted]
        for key in keys:
            _refuse_other_profile(project, folder / "published" / key.id)
        needed = needed_runs(project, keys)
        require_inputs(project, needed)
        repetition = Repetition(project, folder, {key.id for key in needed})
        for place, key in enumerate(needed):
            published = folder / "published" / key.id
            if key not in keys:
                print(f"{key.id}: trained first, because a run starts from it", file=sys.stderr, flush=True)
                repetition.stage(key, "train")
                continue
            print(f"{key.id}: {_took(published)}", file=sys.stderr, flush=True)
            yield compare_records(published, repetition.run(key), resampling=resampling)
            if not any(key in lineage(project, later) for later in needed[place + 1 :]):
                repetition.forget_weights(key)


def _behind(project: Project, name: str) -> list[str]:
    """The runs of the folds behind a row of the board; another name as it is."""
    pooled = [key.id for key in project.runs() if (row := pooled_run(project, key)) and row.id == name]
    return pooled or [name]


def _refuse_other_profile(project: Project, published: Path) -> None:
    run = read_record(RunRecord, published / RUN)
    if run.profile != project.params.profile:
        raise DataError(
            f"{run.run_id} was published with the profile {run.profile}, and {project.params.profile} is active",
            where="params.yaml: profile",
            hint=f"`harness profile {run.profile}` writes the settings of that profile",
        )


def _took(published: Path) -> str:
    """`took 1 min 20 s of training and 5 min of scoring on AMD EPYC, 2 threads`."""
    run, score = read_record(RunRecord, published / RUN), read_record(ScoreRecord, published / SCORES)
    scoring = f" and {duration(score.cost.seconds)} of scoring" if score.cost else ""
    return f"took {duration(run.cost.seconds)} of training{scoring} on {run.provenance.measured_on}"
