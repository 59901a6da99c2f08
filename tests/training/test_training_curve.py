from __future__ import annotations

import math
from pathlib import Path
from typing import Any

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


def test_each_name_is_a_column_and_the_loss_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "curve.csv"
    write_curve(curve_points(LOG), path)
    assert path.read_text() == "step,loss,epoch,grad_norm,objective/kl\n1,0.7,0.25,,0.1\n2,0.5,0.5,2,\n"
    assert (curve_steps(path), curve_values(path)) == ([1, 2], [0.7, 0.5])
    assert curve_values(path, "objective/kl") == [0.1]


def test_a_long_training_is_thinned_and_keeps_its_first_and_last_step(tmp_path: Path) -> None:
    path = tmp_path / "curve.csv"
    write_curve([CurvePoint(step, "loss", 1 / step) for step in range(1, 5001)], path)
    steps = curve_steps(path)
    assert (len(steps), steps[0], steps[-1]) == (100, 1, 5000)
    assert curve_values(path)[0] == 1
    assert path.stat().st_size < 2000


def test_a_value_that_is_not_finite_is_kept(tmp_path: Path) -> None:
    write_curve([CurvePoint(1, "grad_norm", math.inf)], tmp_path / "curve.csv")
    assert curve_values(tmp_path / "curve.csv", "grad_norm") == [math.inf]
