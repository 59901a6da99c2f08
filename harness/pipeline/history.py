"""What stages took when they last ran, from the committed board."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.curve_key import CURVE_STAGE, CurveKey
from harness.config.params import Params
from harness.config.project import RunKey
from harness.errors import DataError

SCHEMA = 1
"""Of reports/leaderboard.json."""


@dataclass(frozen=True)
class Estimate:
    """What one run of a stage is likely to take; None where it was not measured."""

    seconds: float | None
    memory_mb: float | None
    """Peak."""
    money: float | None
    """In the currency of the price table."""


@dataclass(frozen=True)
class History:
    """Estimates by stage name, and what a reader must know of them."""

    estimates: Mapping[str, Estimate]
    notes: tuple[str, ...] = ()


def read_history(path: Path, params: Params, runs: Iterable[RunKey], curves: Iterable[CurveKey]) -> History:
    """The means over seeds in leaderboard.json, for the train and score stages of `runs` and those of `curves`.

    Rows of another profile say nothing about this one and are left out.

    Raises:
        DataError: the file is no board that this version can read.
    """
    try:
        board = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return History({}, ("nothing was measured yet: there is no reports/leaderboard.json",))
    except json.JSONDecodeError as error:
        raise _no_board(path, str(error)) from None
    try:
        if board["schema"] != SCHEMA:
            raise _no_board(path, f"schema {board['schema']} instead of {SCHEMA}")
        return _history(board, params, runs, curves)
    except (KeyError, TypeError, AttributeError) as error:
        raise _no_board(path, f"{type(error).__name__}: {error}") from None


def stage_names(run: RunKey) -> tuple[str, str]:
    """The stages that train and score a run: `peft@lora-x-0` and `score_peft@lora-x-0`."""
    stage = f"{run.family}@{run.recipe}-{'+'.join(run.domains)}-{run.seed}"
    return stage, f"score_{stage}"


def curve_stage_name(curve: CurveKey) -> str:
    """The stage that makes a curve: `learning_curve@setfit-x`."""
    return f"{CURVE_STAGE}@{curve.recipe}-{curve.domain}"


def _history(board: Mapping[str, Any], params: Params, runs: Iterable[RunKey], curves: Iterable[CurveKey]) -> History:
    profiles = board["protocol"]["profiles"]
    if params.profile not in profiles:
        return History({}, (f"the board was measured with profile {', '.join(profiles)}, not {params.profile}",))
    rows = {(row["family"], row["recipe"], row["domain"]): row for row in board["rows"] if row["status"] == "ok"}
    estimates: dict[str, Estimate] = {}
    for run in runs:
        row = rows.get((run.family, run.recipe, "+".join(run.domains)))
        if row:
            train, score = stage_names(run)
            estimates[train], estimates[score] = _estimates(row)
    measured = {
        (found["recipe"], domain): sum(point["seconds"] for point in found["points"])
        for domain, of_domain in board["curves"].items()
        for found in of_domain["curves"]
    }
    for curve in curves:
        seconds = measured.get((curve.recipe_id, curve.domain))
        if seconds is not None:
            estimates[curve_stage_name(curve)] = Estimate(seconds, memory_mb=None, money=None)
    return History(estimates, tuple(_budget_notes(board["protocol"]["budget"], params)))


def _no_board(path: Path, why: str) -> DataError:
    return DataError(
        f"is not a board of this version: {why}", where=str(path), hint="restore it from git, or delete it"
    )


def _estimates(row: Mapping[str, Any]) -> tuple[Estimate, Estimate]:
    """The row's money is of both stages together: it is split by their seconds."""
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
    """The estimate is of the budget that was measured; training time grows with it."""
    now = params.budget.model_dump()
    changed = [
        f"{key} {measured[key]:g}, now {now[key]:g}" for key in now if key in measured and measured[key] != now[key]
    ]
    return [f"measured with another budget: {'; '.join(changed)}"] if changed else []
