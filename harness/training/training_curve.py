"""The curve of one training: the numbers that the trainer logged, as a CSV file that `dvc plots show` draws.

Supervised loops log a loss, a learning rate and a gradient norm. Other trainers log other quantities (reward, KL
divergence, answer length, entropy). Each has a column; a cell is empty where it was not logged at that step.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CURVE_FILE = "curve.csv"

MOST_STEPS = 100
"""The curve is in git, so a trainer that logs more often than the shared loops may not fill it."""


@dataclass(frozen=True, order=True)
class CurvePoint:
    """One logged number. Points are ordered by step, then by name."""

    step: int
    """Optimiser steps done when the number was logged, from 1."""
    name: str
    """As the trainer names it: `loss`, `learning_rate`, `grad_norm`, `epoch`, `objective/kl`, `rewards/margins`."""
    value: float


def curve_points(log: Iterable[Mapping[str, Any]]) -> list[CurvePoint]:
    """The points of a trainer's `state.log_history`, in order.

    Left out: values that are not numbers, and the summary that transformers appends after the last step.
    """
    values = {
        (int(entry["step"]), name): float(value)
        for entry in log
        if "train_runtime" not in entry
        for name, value in entry.items()
        if name != "step" and isinstance(value, int | float) and not isinstance(value, bool)
    }
    return sorted(CurvePoint(step, name, value) for (step, name), value in values.items())


def write_curve(points: Sequence[CurvePoint], path: Path) -> None:
    """Write one row per step: `step`, `loss` if it was logged, then the other names in order.

    At most `MOST_STEPS` steps are written, the first and the last among them. Values have six significant digits.
    """
    steps = _thinned(sorted({point.step for point in points}))
    names = sorted({point.name for point in points}, key=lambda name: (name != "loss", name))
    values = {(point.step, point.name): f"{point.value:.6g}" for point in points}
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["step", *names])
        rows.writerows([step, *(values.get((step, name), "") for name in names)] for step in steps)


def _thinned(steps: Sequence[int]) -> Sequence[int]:
    """At most `MOST_STEPS` of the steps, evenly spaced."""
    if len(steps) <= MOST_STEPS:
        return steps
    last = len(steps) - 1
    return [steps[round(place * last / (MOST_STEPS - 1))] for place in range(MOST_STEPS)]
