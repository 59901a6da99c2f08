"""`outcome.json` in the folder of a run's weights: how the training ended, for every stage that loads the weights.

The file holds no times and no figures. So the same training gives the same folder, byte for byte, and DVC does not
score again after a training that came out equal.
"""

from __future__ import annotations

from pathlib import Path

from harness.config.strict import StrictModel
from harness.errors import DataError
from harness.records.run_record import SCHEMA_VERSION, Status, read_record, write_record

OUTCOME_FILE = "outcome.json"


class Outcome(StrictModel):
    """How a training ended."""

    schema_version: int = SCHEMA_VERSION
    run_id: str
    status: Status
    reason: str | None = None
    """Why it failed, in one line."""


def read_outcome(folder: Path) -> Outcome:
    """The outcome of the run whose weights are in `folder`.

    Raises:
        DataError: the weights are not here, or the file is damaged.
    """
    path = folder / OUTCOME_FILE
    if not path.is_file():
        raise DataError(
            "the weights of this run are not here",
            where=str(path),
            hint="`dvc pull` fetches them if a remote has them; else train the run again",
        )
    return read_record(Outcome, path)


def write_outcome(outcome: Outcome, folder: Path) -> None:
    """Write the file into the folder of the weights."""
    write_record(outcome, folder / OUTCOME_FILE)
