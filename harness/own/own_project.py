"""The project as a row of one's own sees it: everything is shared but the folders of its runs and records.

    runs/own/runs/<family>/<recipe>-<domain>-<seed>/       weights
    runs/own/records/<family>/<recipe>-<domain>-<seed>/    train/ and score/, as below reports/records

The published records stay as they are, and `git status` stays clean.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.config.project import Project, RunKey
from harness.errors import DataError
from harness.records.run_record import RunRecord, read_record

OWN = "runs/own"
UP_TO_DATE = "is up to date, nothing to do"
"""What the verbs `train --own` and `score --own` say about a run that nothing has changed for."""


class OwnProject(Project):
    """The project with the runs and records of one's own."""

    def run_folder(self, key: RunKey) -> Path:
        """Weights of an own run."""
        return self.root / OWN / "runs" / key.id

    def record_folder(self, key: RunKey) -> Path:
        """Records of an own run."""
        return own_record_folder(self.root, key)

    def checkpoint_folder(self, key: RunKey) -> Path:
        """Checkpoints of an own run: an interrupted training of a published run is not continued."""
        return self.root / OWN / "checkpoints" / key.id


def own_record_folder(root: Path, key: RunKey) -> Path:
    """Where the record of an own run lies, whether there is one or not."""
    return root / OWN / "records" / key.id


def own_runs(root: Path) -> Iterator[RunKey]:
    """The own runs that are trained and scored, in the order of their names."""
    folder = root / OWN / "records"
    for path in sorted(folder.glob("*/*/train/run.json")):
        run = path.parents[1]
        if not (run / "score" / "scores.json").is_file():
            continue
        record = read_record(RunRecord, path)
        key = RunKey(record.family, record.recipe, tuple(record.domains), record.seed)
        if own_record_folder(root, key) != run:
            raise DataError(f'the record belongs to run "{key.id}"', where=str(path), hint=f"delete {run}")
        yield key
