"""The contract of `reports/records/curves/<curve>/`: `points.json`, and the columns of `points.parquet`."""

from __future__ import annotations

from harness.config.strict import StrictModel
from harness.records.run_record import SCHEMA_VERSION, Status

POINTS_FILE, ITEMS_FILE = "points.json", "points.parquet"


class CurvePoint(StrictModel):
    """One training: so many items, drawn by one seed."""

    k: int
    """Training items."""
    draw: int
    """Seed of the subset and of the training."""
    status: Status
    reason: str | None = None
    """Why it failed, in one line."""
    value: float | None = None
    """Of the metric; null for a failed point."""
    n: int | None = None
    """Test items behind it."""
    seconds: float
    """Training and scoring."""


class CurveRecord(StrictModel):
    """`points.json`."""

    schema_version: int = SCHEMA_VERSION
    recipe: str
    """`lowresource/setfit`."""
    domain: str
    suite: str | None
    """The one that ranks on the board; null where no point could be scored."""
    metric: str | None
    protocol_hash: str | None
    """Curves of one hash may stand in one figure."""
    points: list[CurvePoint]
    """By k and draw."""


CURVE_ITEM_COLUMNS: dict[str, str] = {
    "k": "BIGINT",
    "draw": "BIGINT",
    "item_id": "VARCHAR",
    "cluster": "VARCHAR",  # items of one origin; statistics resample clusters
    "gold": "VARCHAR",
    "correct": "DOUBLE",  # from 0 to 1, as in samples.parquet
}
"""Columns of points.parquet with their DuckDB types; one row per point and test item."""
