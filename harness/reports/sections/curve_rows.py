"""The learning curves in `reports/leaderboard.json`. null means "not measured"; shares are fractions."""

from __future__ import annotations

from harness.config.strict import StrictModel

FIGURES = "figures"
"""Folder of the figures below reports/."""


class CurveCell(StrictModel):
    """All draws of one number of items. The interval is over draws and test items together: draws are resampled as
    the board resamples seeds."""

    k: int
    value: float | None
    """Mean over draws; null where every draw failed."""
    low: float | None
    high: float | None
    n: int | None
    """Test items."""
    draws: int
    """That ended well."""
    failed: list[str] = []
    """Reasons of the others, each once."""
    seconds: float
    """Of all draws, training and scoring."""


class Curve(StrictModel):
    """One recipe."""

    recipe: str
    """`lowresource/setfit`."""
    title: str
    protocol_hash: str | None
    """null where no point could be scored."""
    comparable: bool
    """False: scored by another protocol than the figure's curves."""
    points: list[CurveCell]
    """By rising k."""


class ReferenceCell(StrictModel):
    """The base model as it is, on the same test items."""

    recipe: str
    value: float
    low: float | None
    high: float | None
    n: int


class CurveSet(StrictModel):
    """The curves of one domain, of which one figure is drawn."""

    suite: str | None
    metric: str | None
    protocol_hash: str | None
    """Of most curves; null where nothing could be scored."""
    reference: ReferenceCell | None
    figure: str | None
    """Below the folder of leaderboard.json; null where there is nothing to draw."""
    curves: list[Curve]
    """By the mean at the largest k, falling."""
