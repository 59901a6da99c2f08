"""Time, memory and money that stages took when they last ran, from the committed board."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.curve_key import active_curves
from harness.config.params import Params
from harness.config.project import Project
from harness.errors import DataError
from harness.pipeline.run_groups import score_stage, train_stages

BOARD = "reports/leaderboard.json"
SCHEMA = 1
"""Schema version of the board."""


@dataclass(frozen=True)
class Estimate:
    """What one run of a stage is likely to take; null: not measured."""

    seconds: float | None
    memory_mb: float | None
    """Peak memory in MB (10^6 bytes)."""
    money: float | None
    """In the currency of the price table."""


@dataclass(frozen=True)
class History:
    """Estimates by stage name, and notes on how far they hold."""

    estimates: Mapping[str, Estimate]
    notes: tuple[str, ...] = ()


def read_history(project: Project) -> History:
    """Estimates for the stages of every run and curve of params.yaml: means over seeds, from the board.

    The rows of a board that was measured with another profile do not count.

    Raises:
        DataError: the board cannot be read by this version.
    """
    path = project.root / BOARD
    try:
        board = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return History({}, (f"nothing was measured yet: there is no {BOARD}",))
    except json.JSONDecodeError as error:
        raise _no_board(path, str(error)) from None
    try:
        if board["schema"] != SCHEMA:
            raise _no_board(path, f"schema {board['schema']} instead of {SCHEMA}")
        return _history(board, project)
    except (KeyError, TypeError, AttributeError) as error:
        raise _no_board(path, f"{type(error).__name__}: {error}") from None


def _history(board: Mapping[str, Any], project: Project) -> History:
    params = project.params
    profiles = board["protocol"]["profiles"]
    if params.profile not in profiles:
        return History({}, (f"the board was measured with profile {', '.join(profiles)}, not {params.profile}",))
    estimates = {**_run_estimates(board, project), **_curve_estimates(board, project)}
    return History(estimates, tuple(_budget_notes(board["protocol"]["budget"], params)))


def _run_estimates(board: Mapping[str, Any], project: Project) -> dict[str, Estimate]:
    rows = {(row["family"], row["recipe"], row["domain"]): row for row in board["rows"] if row["status"] == "ok"}
    estimates: dict[str, Estimate] = {}
    for run, stage in train_stages(project).items():
        row = rows.get((run.family, run.recipe, "+".join(run.domains)))
        if row:
            estimates[stage], estimates[score_stage(stage)] = _estimates(row)
    return estimates


def _curve_estimates(board: Mapping[str, Any], project: Project) -> dict[str, Estimate]:
    measured = {
        (found["recipe"], domain): sum(point["seconds"] for point in found["points"])
        for domain, of_domain in board["curves"].items()
        for found in of_domain["curves"]
    }
    return {
        curve.stage: Estimate(seconds, memory_mb=None, money=None)
        for curve in active_curves(project)
        if (seconds := measured.get((curve.recipe_id, curve.domain))) is not None
    }


def _no_board(path: Path, why: str) -> DataError:
    return DataError(
        f"is not a board that this version can read: {why}", where=str(path), hint="restore it from git, or delete it"
    )


def _estimates(row: Mapping[str, Any]) -> tuple[Estimate, Estimate]:
    """Estimates of training and scoring. The row has the money of both together; it is split by their seconds."""
    cost, memory = row["cost"], row["memory"]
    train, score, money = cost["train_seconds"], cost["score_seconds"], cost["usd"]
    total = (train or 0) + (score or 0)

    def share(seconds: float | None) -> float | None:
        return None if money is None or seconds is None or not total else money * seconds / total

    return (
        Estimate(train, memory["train_peak_mb"], share(train)),
        Estimate(score, memory["score_peak_mb"], share(score)),
    )


def _budget_notes(measured: Mapping[str, float], params: Params) -> list[str]:
    """Notes on a budget that has changed since the board was measured: training time grows with it."""
    now = params.budget.model_dump()
    changed = [
        f"{key} {measured[key]:g}, now {now[key]:g}" for key in now if key in measured and measured[key] != now[key]
    ]
    return [f"measured with another budget: {'; '.join(changed)}"] if changed else []
