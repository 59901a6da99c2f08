"""The cells of a row: each suite with its interval, and its difference to the reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.evidence.holm import holm
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Estimate, difference_interval, score_interval
from harness.evidence.verdict import detectable_difference, verdict
from harness.reports.board.items import recorded_mean
from harness.reports.board.ranking import short_p
from harness.reports.board.rows import DeltaCell, ScoreCell, SuiteCell
from harness.reports.board.runs import Record
from harness.reports.board.settings import REFERENCE, Settings

OTHER_PROTOCOL = "scored by another protocol"
"""Reason of a cell that may not stand beside the others of its column."""

LEARNT = "it learnt these domains, too"
"""Reason of a cell that would tell what was forgotten, were it not trained on."""

NOT_COMPARABLE: dict[str, Any] = {
    **dict.fromkeys(("value", "low", "high", "auc", "delta")),
    "also": {},
    "reason": OTHER_PROTOCOL,
}
"""What is left of a cell that may not stand beside the others of its column."""

_DIGITS = 6  # of what is stored: sums of floats differ beyond with the number of threads


def score_cell(cell: SuiteCell | None) -> ScoreCell | None:
    """The figures of the suite that ranks; null without a value."""
    if cell is None or cell.value is None:
        return None
    return ScoreCell(metric=cell.metric, value=cell.value, low=cell.low, high=cell.high)


def suite_cell(
    suites: list[Record], items: ItemScores | None, *, settings: Settings, delta: DeltaCell | None
) -> SuiteCell:
    """One suite of one row, its seeds pooled."""
    name, estimate = suites[0]["suite"], _estimate(suites, items, settings)
    known = settings.suites.get(name)
    return SuiteCell(
        suite=name,
        metric=suites[0]["primary_metric"],
        **(short_bounds(estimate) if estimate else {"value": None, "low": None, "high": None}),
        n=_n(suites),
        auc=_rounded(recorded_mean(suites, "auc")),
        protocol_hash=suites[0]["protocol_hash"],
        reason=suites[0]["reason"],
        column=suites[0]["board_column"],
        also={metric: _rounded(recorded_mean(suites, metric)) for metric in (known.also if known else ())},
        delta=delta,
        retained=known.retained if known else suites[0]["board_column"] == "official",
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS) + 0.0  # + 0.0: no "-0.0" on the board


def deltas_to(
    scored: Sequence[ItemScores | None], reference: int | None, *, settings: Settings
) -> list[DeltaCell | None]:
    """Differences to the one at `reference`, one per row; their p-values are corrected together."""
    base = None if reference is None else scored[reference]
    estimates = [
        difference_interval(one, base, resampling=settings.resampling) if base and one and i != reference else None
        for i, one in enumerate(scored)
    ]
    p_values = [estimate.p_value if estimate else None for estimate in estimates]
    family = sum(p is not None for p in p_values)
    return [
        _delta_cell(estimate, adjusted, family=family, settings=settings) if estimate else None
        for estimate, adjusted in zip(estimates, holm(p_values), strict=True)
    ]


def _delta_cell(estimate: Estimate, adjusted: float | None, *, family: int, settings: Settings) -> DeltaCell:
    confidence = settings.resampling.confidence
    detectable = detectable_difference(estimate, confidence=confidence)
    return DeltaCell(
        reference=REFERENCE,
        **short_bounds(estimate),
        verdict=verdict(estimate, margin=settings.margin, adjusted=adjusted, confidence=confidence),
        detectable=None if detectable is None else round(detectable, _DIGITS),
        n=estimate.n,
        p_value=short_p(estimate.p_value),
        p_adjusted=short_p(adjusted),
        family=family,
    )


def _estimate(suites: list[Record], items: ItemScores | None, settings: Settings) -> Estimate | None:
    """From the samples; else the recorded mean over seeds, without an interval."""
    if items is not None:
        return score_interval(items, resampling=settings.resampling)
    recorded = recorded_mean(suites, suites[0]["primary_metric"]) if suites else None
    return None if recorded is None else Estimate(recorded, None, None, None, n=_n(suites) or 0, clusters=0)


def _n(suites: list[Record]) -> int | None:
    return suites[0]["metrics"].get(suites[0]["primary_metric"], (None, None))[1] if suites else None


def short_bounds(estimate: Estimate) -> dict[str, Any]:
    """Value and bounds with the digits that are stored."""
    return {
        name: _rounded(value)
        for name, value in (("value", estimate.value), ("low", estimate.low), ("high", estimate.high))
    }
