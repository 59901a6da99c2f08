"""Train and score one run of one's own, unless it is up to date."""

from __future__ import annotations

import shutil

from harness.config.project import RunKey
from harness.own.inputs import SCORE_FILE, TRAIN_FILE, code_of, is_current, note_inputs, scoring_inputs, training_inputs
from harness.own.own_project import UP_TO_DATE, OwnProject
from harness.scoring.score import score
from harness.scoring.score import summary as score_summary
from harness.training.train import summary as train_summary
from harness.training.train import train


def train_own(project: OwnProject, key: RunKey) -> str:
    """Train the run into runs/own; one line about it.

    Raises:
        ConfigError, DataError: as `harness.training.train.train`.
    """
    record, inputs = project.record_folder(key), training_inputs(project, key, code_of(project, [key]))
    if is_current(record, TRAIN_FILE, inputs) and project.run_folder(key).is_dir():
        return f"own training of {key.id} {UP_TO_DATE}"
    (record / TRAIN_FILE).unlink(missing_ok=True)
    shutil.rmtree(record / "score", ignore_errors=True)
    done = train(project, key)
    note_inputs(record, TRAIN_FILE, inputs)
    return train_summary(done)


def score_own(project: OwnProject, key: RunKey) -> str:
    """Score the run in runs/own; one line about it.

    Raises:
        ConfigError, DataError: as `harness.scoring.score.score`.
    """
    record, inputs = project.record_folder(key), scoring_inputs(project, key, code_of(project, [key]))
    if is_current(record, SCORE_FILE, inputs) and (record / "score/scores.json").is_file():
        return f"own scores of {key.id} {UP_TO_DATE}"
    (record / SCORE_FILE).unlink(missing_ok=True)
    done = score(project, key)
    note_inputs(record, SCORE_FILE, inputs)
    return score_summary(done)
