"""The training curves of all active runs in one folder of nothing else, because `dvc plots` reads whole folders."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.config.project import Project
from harness.training.training_curve import CURVE_FILE

TRAINING_CURVES = "training_curves"
"""The folder below reports/."""


def gather_curves(project: Project, folder: Path) -> int:
    """Copy the curves into `<folder>/<family>/<recipe>-<domain>-<seed>.csv`; how many runs have one with a loss."""
    count = 0
    for key in project.runs():
        curve = project.record_folder(key) / "train" / CURVE_FILE
        if curve.is_file() and _has_loss(curve):
            target = folder / f"{key.id}.csv"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(curve, target)
            count += 1
    return count


def _has_loss(curve: Path) -> bool:
    with curve.open(encoding="utf-8") as file:
        return "loss" in file.readline().rstrip("\n").split(",")
