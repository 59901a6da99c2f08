"""From the store to the rows of the board: the seeds of a recipe pooled, every score with its interval.

Pure but for reading: the same Parquet files and settings give the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Estimate, Resampling, difference_interval, score_interval
from harness.evidence.verdict import detectable_difference, verdict
from harness.reports.items import read_items
from harness.reports.pooling import row_facts
from harness.reports.rows import DeltaCell, Row, ScoreCell, SuiteCell
from harness.reports.runs import Group, Record, agrees, protocol_of, read_groups

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

REFERENCE = "baseline/zero_shot"
"""What every difference is taken against: the base model as it is."""

_DIGITS = 6  # of what is stored: sums of floats differ beyond with the number of threads
_SAME = 5e-4  # a metric this near the mean of the samples is that mean


@dataclass(frozen=True)
class Settings:
    """How the board judges."""

    resampling: Resampling
    margin: float
    """Differences smaller than this do not matter."""
    suite_order: Sequence[str] = ()
    """Where two suites share a column of the board, the first of these shows."""


@dataclass(frozen=True)
class Contender:
    """A row with the scores behind it, for comparisons beyond those with the reference."""

    row: Row
    items: ItemScores | None


def read_board(connection: DuckDBPyConnection, settings: Settings) -> list[Contender]:
    """All rows by domain: ranked by falling score, then without a score, of another protocol, failed.

    Raises:
        DataError: samples that contradict each other.
    """
    found: list[Contender] = []
    for _, of_domain in groupby(read_groups(connection, settings.suite_order), key=lambda group: group.domain):
        groups = list(of_domain)
        protocol = protocol_of(groups, REFERENCE)
        items = [_items(connection, group, "score") for group in groups]
        reference = next(
            (i for g, i in zip(groups, items, strict=True) if g.recipe_id == REFERENCE and g.signature == protocol),
            None,
        )
        for group, scores in zip(groups, items, strict=True):
            comparable = agrees(group.signature, protocol)
            base = reference if comparable and group.recipe_id != REFERENCE else None
            row = _row(connection, group, scores, settings=settings, reference=base, comparable=comparable)
            found.append(Contender(row=row, items=scores))
    return sorted(found, key=_order)


def _order(contender: Contender) -> tuple[Any, ...]:
    row = contender.row
    score = row.score.value if row.score else 0.0
    return (
        row.domain,
        row.status == "failed",
        not row.comparable,
        row.score is None,
        -score,
        row.recipe_id,
        str(row.protocol_hash),
    )


def _row(
    connection: DuckDBPyConnection,
    group: Group,
    scores: ItemScores | None,
    *,
    settings: Settings,
    reference: ItemScores | None,
    comparable: bool,
) -> Row:
    facts = row_facts(group)
    suites = group.suites.get("score", [])
    if suites and facts["reason"] is None:
        facts["reason"] = suites[0]["reason"]
    return Row(
        **facts,
        n=_n(suites),
        score=_score_cell(suites, scores, settings=settings),
        hallucination=_suite_cell(connection, group, "hallucination", settings=settings),
        safety=_suite_cell(connection, group, "safety", settings=settings),
        retention=_suite_cell(connection, group, "retention", settings=settings),
        delta=_delta_cell(scores, reference, settings=settings),
        protocol_hash=suites[0]["protocol_hash"] if suites else None,
        comparable=comparable,
    )


def _items(connection: DuckDBPyConnection, group: Group, column: str) -> ItemScores | None:
    """Null as well where the metric is not a mean of the samples: an interval would be of something else."""
    suites = group.suites.get(column)
    if not suites:
        return None
    metric = suites[0]["primary_metric"]
    runs = [run["run_id"] for run in group.runs]
    items = read_items(connection, runs=runs, suite=suites[0]["suite"], domain=group.domain, metric=metric)
    recorded = _recorded(suites, metric)
    return items if items and recorded is not None and abs(items.value - recorded) < _SAME else None


def _score_cell(suites: list[Record], scores: ItemScores | None, *, settings: Settings) -> ScoreCell | None:
    estimate = _estimate(suites, scores, settings)
    return None if estimate is None else ScoreCell(metric=suites[0]["primary_metric"], **_bounds(estimate))


def _suite_cell(connection: DuckDBPyConnection, group: Group, column: str, *, settings: Settings) -> SuiteCell | None:
    suites = group.suites.get(column)
    if not suites:
        return None
    estimate = _estimate(suites, _items(connection, group, column), settings)
    auc = _recorded(suites, "auc")
    return SuiteCell(
        suite=suites[0]["suite"],
        metric=suites[0]["primary_metric"],
        **(_bounds(estimate) if estimate else {"value": None, "low": None, "high": None}),
        n=_n(suites),
        auc=None if auc is None else round(auc, _DIGITS),
        protocol_hash=suites[0]["protocol_hash"],
        reason=suites[0]["reason"],
    )


def _delta_cell(scores: ItemScores | None, reference: ItemScores | None, *, settings: Settings) -> DeltaCell | None:
    if scores is None or reference is None:
        return None
    estimate = difference_interval(scores, reference, resampling=settings.resampling)
    detectable = detectable_difference(estimate, confidence=settings.resampling.confidence)
    return DeltaCell(
        reference=REFERENCE,
        **_bounds(estimate),
        verdict=verdict(estimate, margin=settings.margin),
        detectable=None if detectable is None else round(detectable, _DIGITS),
        n=estimate.n,
    )


def _estimate(suites: list[Record], items: ItemScores | None, settings: Settings) -> Estimate | None:
    """From the samples; else the recorded mean over seeds, without an interval."""
    if items is not None:
        return score_interval(items, resampling=settings.resampling)
    recorded = _recorded(suites, suites[0]["primary_metric"]) if suites else None
    return None if recorded is None else Estimate(recorded, None, None, None, n=_n(suites) or 0, clusters=0)


def _recorded(suites: list[Record], metric: str) -> float | None:
    """The mean over seeds of what scores.json says; null unless every seed has it."""
    values = [suite["metrics"].get(metric, (None, 0))[0] for suite in suites]
    return None if None in values or not values else sum(values) / len(values)


def _n(suites: list[Record]) -> int | None:
    return suites[0]["metrics"].get(suites[0]["primary_metric"], (None, None))[1] if suites else None


def _bounds(estimate: Estimate) -> dict[str, Any]:
    return {
        name: None if value is None else round(value, _DIGITS) + 0.0  # + 0.0: no "-0.0" on the board
        for name, value in (("value", estimate.value), ("low", estimate.low), ("high", estimate.high))
    }
