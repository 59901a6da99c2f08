"""Learning curves in `reports/leaderboard.json`."""

from __future__ import annotations

from harness.config.strict import StrictModel


class CurveCell(StrictModel):
    """One point of a learning curve: all draws of one number of training items.

    The interval covers draws and test items together. Draws are resampled as the board resamples seeds.
    """

    k: int
    """Training items."""
    value: float | None
    """Mean over draws; null where every draw failed."""
    low: float | None
    high: float | None
    n: int | None
    """Test items."""
    draws: int
    """Draws that ended well."""
    failed: list[str] = []
    """Reasons of the draws that failed, each reason once."""
    seconds: float
    """Training and scoring of all draws."""


class Curve(StrictModel):
    """The learning curve of one recipe."""

    recipe: str
    """Recipe id, e.g. `lowresource/setfit`."""
    title: str
    protocol_hash: str | None
    """null where no point was scored."""
    comparable: bool
    """False: scored by another protocol than the other curves of the figure."""
    points: list[CurveCell]
    """By rising k."""


class ReferenceCell(StrictModel):
    """The score of the reference recipe on the test items of the curves."""

    recipe: str
    value: float
    low: float | None
    high: float | None
    n: int
    """Test items."""


class CurveSet(StrictModel):
    """The learning curves of one domain. One figure shows them."""

    suite: str | None
    metric: str | None
    protocol_hash: str | None
    """The protocol of most points; null where nothing was scored."""
    reference: ReferenceCell | None
    figure: str | None
    """Path of the figure, relative to the folder of leaderboard.json; null where there is nothing to draw."""
    curves: list[Curve]
    """By falling score at the largest k."""
