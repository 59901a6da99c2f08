"""Read the curve.parquet of a training."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq


def curve_steps(path: Path, name: str = "loss") -> list[int]:
    """Steps at which a number was logged."""
    return [row["step"] for row in pq.read_table(path).to_pylist() if row["name"] == name]


def curve_values(path: Path, name: str = "loss") -> list[float]:
    """Every value of a number, in order of the steps."""
    return [row["value"] for row in pq.read_table(path).to_pylist() if row["name"] == name]
