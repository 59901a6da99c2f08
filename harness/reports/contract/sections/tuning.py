"""Tuned learning rates in `reports/leaderboard.json`."""

from __future__ import annotations

from typing import Literal

from harness.config.strict import StrictModel

Edge = Literal["lowest", "highest"]
"""An end of a tuning grid."""


class TrialCell(StrictModel):
    """One value that tuning tried."""

    value: float
    validation_score: float | None
    reason: str | None
    """Why there is no score."""


class TuningInfo(StrictModel):
    """How the tuned setting of one recipe was chosen."""

    domain: str
    """Validation items of this domain decided. On other domains the recipe uses the same value."""
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
    """The chosen value is this end of the grid: a better value may lie outside the grid."""
    seconds: float
    """Sum over all trials."""
