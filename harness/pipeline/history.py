"""Time, memory and money that stages took when they last ran, from the committed board.

Seconds of different machines are never added up: the rows that count were all measured on one kind of machine, which is
this one if the board has rows from here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.curve_key import active_curves
from harness.config.folds import pooled_run
from harness.config.params import Params
from harness.config.project import Project, RunKey
from harness.errors import DataError
from harness.pipeline.measured_rows import rows_that_count, this_machine
from harness.pipeline.run_groups import score_stage, train_stages

BOARD = "reports/leaderboard.json"
SCHEMA = 2
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
    found, note = _board_of_profile(project)
    if found is None:
        return History({}, (note,))
    with _readable(project.root / BOARD):
        rows, notes = rows_that_count(found["rows"], this_machine)
        measured = _measured(rows)
        estimates = _curve_estimates(found, project)
        for run, stage in train_stages(project).items():
            if row := measured.get(_row_key(project, run)):
                estimates[stage], estimates[score_stage(stage)] = row
        notes += _budget_notes(found["protocol"]["budget"], project.params)
        return History(estimates, tuple(notes))


def training_estimate(project: Project, run: RunKey) -> Estimate | None:
    """The estimate of training one run, whether params.yaml asks for it or not; null: never measured.

    Raises:
        DataError: as `read_history`.
    """
    found, _ = _board_of_profile(project)
    if found is None:
        return None
    with _readable(project.root / BOARD):
        row = _measured(rows_that_count(found["rows"], this_machine)[0]).get(_row_key(project, run))
        return row[0] if row else None


def _board_of_profile(project: Project) -> tuple[Mapping[str, Any] | None, str]:
    """The board and an empty string; or null and the reason, if there is none for the active profile."""
    path = project.root / BOARD
    try:
        board = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None, f"nothing was measured yet: there is no {BOARD}"
    except json.JSONDecodeError as error:
        raise _no_board(path, str(error)) from None
    with _readable(path):
        if board["schema"] != SCHEMA:
            raise _no_board(path, f"schema {board['schema']} instead of {SCHEMA}")
        profiles, active = board["protocol"]["profiles"], project.params.profile
        if active not in profiles:
            return None, f"the board was measured with profile {', '.join(profiles)}, not {active}"
        return board, ""


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Missing or strange keys mean that the file is not a board of this version."""
    try:
        yield
    except (KeyError, TypeError, AttributeError) as error:
        raise _no_board(path, f"{type(error).__name__}: {error}") from None


def _row_key(project: Project, run: RunKey) -> tuple[str, str, str]:
    """Of a fold, the row of its domain, whose figures are those of one fold."""
    shown = pooled_run(project, run) or run
    return run.family, run.recipe, "+".join(shown.domains)


def _measured(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, str], tuple[Estimate, Estimate]]:
    """Family, recipe and domains of each row -> estimates of training and scoring."""
    return {(row["family"], row["recipe"], row["domain"]): _estimates(row) for row in rows}


def _curve_estimates(board: Mapping[str, Any], project: Project) -> dict[str, Estimate]:
    bases = project.bases_of_folds
    measured = {
        (found["recipe"], domain): sum(point["seconds"] for point in found["points"])
        for domain, of_domain in board["curves"].items()
        for found in of_domain["curves"]
    }
    return {
        curve.stage: Estimate(seconds, memory_mb=None, money=None)
        for curve in active_curves(project)
        if (seconds := measured.get((curve.recipe_id, bases.get(curve.domain, curve.domain)))) is not None
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
