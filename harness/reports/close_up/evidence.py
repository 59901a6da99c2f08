"""The records of one run, read from its folder: training, curve and scores."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.config.project import Project, RunKey
from harness.errors import DataError, did_you_mean
from harness.records.run_record import RunRecord, ScoreRecord, read_record

SCORED = ("score", "wide")
"""Folders of the scores of a run: of the default protocol, and of the wide one."""


@dataclass(frozen=True)
class Evidence:
    """What a run left behind."""

    run: RunRecord
    curve: dict[str, list[float]]
    """Column -> its values by step; empty where nothing was trained by gradient."""
    scores: list[ScoreRecord]
    """Of each protocol that has been scored."""


def evidence(project: Project, run_id: str) -> Evidence:
    """The records of a run, such as `peft/lora-hs_products-0`.

    Raises:
        DataError: there is no record of such a run, or one is broken.
    """
    folder = _folder(project, run_id)
    scores = [folder / part / "scores.json" for part in SCORED]
    return Evidence(
        run=read_record(RunRecord, folder / "train/run.json"),
        curve=_curve(folder / "train/curve.csv"),
        scores=[read_record(ScoreRecord, path) for path in scores if path.is_file()],
    )


def _folder(project: Project, run_id: str) -> Path:
    folders = {key.id: folder for key in project.runs() if (folder := _recorded(project, key))}
    if run_id not in folders:
        raise DataError(
            f'no record of a run "{run_id}"',
            expected="such as peft/lora-hs_products-0",
            hint=did_you_mean(run_id, folders) if folders else "run `harness repro` first",
        )
    return folders[run_id]


def _recorded(project: Project, key: RunKey) -> Path | None:
    folder = project.record_folder(key)
    return folder if (folder / "train/run.json").is_file() else None


def _curve(path: Path) -> dict[str, list[float]]:
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in (rows[0] if rows else {}) if name != "step"]
    return {name: found for name in names if (found := _numbers(row[name] for row in rows))}


def _numbers(texts: Iterable[str | None]) -> list[float]:
    """The cells that hold a figure: a column that is logged more rarely has empty cells."""
    return [float(text) for text in texts if text]
