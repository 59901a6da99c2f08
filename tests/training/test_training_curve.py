from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from harness.training.training_curve import CurvePoint, curve_points, write_curve
from tests.curve_file import curve_steps, curve_values

LOG: list[dict[str, Any]] = [
    {"loss": 0.5, "grad_norm": 2, "epoch": 0.5, "step": 2},
    {"loss": 0.7, "objective/kl": 0.1, "epoch": 0.25, "step": 1, "note": "text", "flag": True},
    {"train_runtime": 3.0, "train_loss": 0.6, "step": 2},
]


def test_points_are_ordered_by_step_and_then_by_name() -> None:
    assert [(point.step, point.name) for point in curve_points(LOG)] == [
        (1, "epoch"),
        (1, "loss"),
        (1, "objective/kl"),
        (2, "epoch"),
        (2, "grad_norm"),
        (2, "loss"),
    ]


def test_text_flags_and_the_closing_summary_are_left_out() -> None:
    assert not {"note", "flag", "train_runtime", "train_loss"} & {point.name for point in curve_points(LOG)}


def test_a_curve_is_written_in_long_format(tmp_path: Path) -> None:
    path = tmp_path / "curve.parquet"
    write_curve(curve_points(LOG), path)
    fields = [("step", pa.int64()), ("name", pa.string()), ("value", pa.float64())]
    assert pq.read_schema(path).equals(pa.schema(fields))
    assert (curve_steps(path), curve_values(path)) == ([1, 2], [0.7, 0.5])
    assert curve_values(path, "objective/kl") == [0.1]


def test_a_run_that_logged_nothing_has_the_same_columns_and_no_row(tmp_path: Path) -> None:
    write_curve([], tmp_path / "curve.parquet")
    table = pq.read_table(tmp_path / "curve.parquet")
    assert (table.column_names, len(table)) == (["step", "name", "value"], 0)


def test_a_value_that_is_not_finite_is_kept(tmp_path: Path) -> None:
    write_curve([CurvePoint(1, "grad_norm", math.inf)], tmp_path / "curve.parquet")
    assert curve_values(tmp_path / "curve.parquet", "grad_norm") == [math.inf]
