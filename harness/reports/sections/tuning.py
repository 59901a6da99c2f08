"""How each recipe was tuned, as the store tells it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Literal

from harness.config.strict import StrictModel

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Edge = Literal["lowest", "highest"]


class TrialCell(StrictModel):
    """One value that was tried."""

    value: float
    validation_score: float | None
    reason: str | None
    """Why it has no score."""


class TuningInfo(StrictModel):
    """The search behind one recipe's value."""

    domain: str
    """Whose validation items decided; on other domains the value is inherited."""
    seed: int
    base_model: str | None
    tuned_on: str
    """Date."""
    parameter: str
    metric: str
    items: int
    """Validation items behind each score."""
    trials: list[TrialCell]
    """By rising value."""
    chosen: float
    edge: Edge | None
    """The chosen value is the end of the grid: a better one may lie beyond."""
    seconds: float
    """Of all trials."""


def read_tuning(connection: DuckDBPyConnection) -> dict[str, TuningInfo]:
    """Recipe id -> its search, for the active recipes that were tuned."""
    cursor = connection.execute("SELECT family || '/' || recipe AS id, * FROM trials ORDER BY id, value")
    names = [column[0] for column in cursor.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    found = {}
    for recipe_id, group in groupby(rows, key=lambda row: row["id"]):
        trials = list(group)
        (best,) = [row for row in trials if row["chosen"]]
        values = [row["value"] for row in trials]
        found[recipe_id] = TuningInfo(
            **{key: best[key] for key in ("domain", "seed", "base_model", "parameter", "metric")},
            tuned_on=best["tuned_on"].isoformat(),
            items=best["n"],
            trials=[TrialCell(**{key: row[key] for key in TrialCell.model_fields}) for row in trials],
            chosen=best["value"],
            edge=edge_of(values, best["value"]),
            seconds=sum(row["seconds"] for row in trials),
        )
    return found


def edge_of(values: list[float], chosen: float) -> Edge | None:
    """Which end of the ascending values was chosen; null inside them, and where there is only one."""
    if len(values) < 2 or chosen not in (values[0], values[-1]):
        return None
    return "lowest" if chosen == values[0] else "highest"
