"""The curve of one training in long format: a row for each number that the trainer logged at a step.

Supervised loops log a loss, a learning rate and a gradient norm. Other trainers log other quantities (reward, KL
divergence, answer length, entropy). Rows of (step, name, value) hold them all without a change of columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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
    """Write `curve.parquet` with the columns step (int64), name (string) and value (float64)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        "step": pa.array([point.step for point in points], pa.int64()),
        "name": pa.array([point.name for point in points], pa.string()),
        "value": pa.array([point.value for point in points], pa.float64()),
    }
    pq.write_table(pa.table(columns), path)
