"""Read the curve.csv of a training."""

from __future__ import annotations

import csv
from pathlib import Path


def curve_steps(path: Path, name: str = "loss") -> list[int]:
    """Steps at which a number was logged."""
    return [int(row["step"]) for row in _rows(path) if row.get(name)]


def curve_values(path: Path, name: str = "loss") -> list[float]:
    """Every value of a number, in order of the steps."""
    return [float(row[name]) for row in _rows(path) if row.get(name)]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
