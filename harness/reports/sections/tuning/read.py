"""How each recipe was tuned, from the table `trials` of the store."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from harness.reports.board.measured.groups import records_of
from harness.reports.contract.rows import Row
from harness.reports.contract.sections.tuning import Edge, TrialCell, TuningInfo

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def read_tuning(connection: DuckDBPyConnection) -> dict[str, TuningInfo]:
    """Recipe id -> how it was tuned, for the active recipes that were tuned."""
    rows = records_of(connection, "SELECT * FROM trials ORDER BY recipe, value")
    found = {}
    for recipe_id, group in groupby(rows, key=lambda row: row["recipe"]):
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
    """Which end of the ascending values was chosen; null inside the grid, and for a grid of one value."""
    if len(values) < 2 or chosen not in (values[0], values[-1]):
        return None
    return "lowest" if chosen == values[0] else "highest"


def with_tuning(row: Row, tuning: Mapping[str, TuningInfo]) -> Row:
    """The row with the number of trials behind its setting, and the base model of the trials if it is another one."""
    info = tuning.get(row.recipe_id)
    if info is None:
        return row
    elsewhere = info.base_model if info.base_model != row.base_model else None
    return row.model_copy(update={"trials": len(info.trials), "tuned_on": elsewhere, "tuning_edge": info.edge})
