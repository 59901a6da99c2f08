"""From the store to the rows of the board: the seeds of a recipe pooled, every score with its interval.

Pure but for reading: the same Parquet files and settings give the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from harness.evidence.holm import holm
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Estimate, Resampling, difference_interval, score_interval
from harness.evidence.verdict import detectable_difference, verdict
from harness.reports.items import recorded_mean, scores_of
from harness.reports.pooling import row_facts
from harness.reports.ranking import Contender, short_p, with_ranks
from harness.reports.rows import DeltaCell, Row, ScoreCell, SuiteCell
from harness.reports.runs import Group, Record, agrees, protocol_of, protocols_of, read_groups

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from harness.config.params import Params

REFERENCE = "baseline/zero_shot"
"""What every difference is taken against: the base model as it is."""

OTHER_PROTOCOL = "scored by another protocol"
"""Reason of a cell that may not stand beside the others of its column."""

_DIGITS = 6  # of what is stored: sums of floats differ beyond with the number of threads


@dataclass(frozen=True)
class Settings:
    """How the board judges."""

    resampling: Resampling
    margin: float
    """Differences smaller than this do not matter."""
    suite_order: Sequence[str] = ()
    """Where several suites share a column of the board, the first of these shows that the domain has questions for."""

    @classmethod
    def of(cls, params: Params) -> Settings:
        """What params.yaml says."""
        scoring = params.scoring
        return cls(
            resampling=Resampling(confidence=scoring.confidence, resamples=scoring.resamples),
            margin=scoring.equivalence_margin,
            suite_order=params.suites,
        )


def read_board(connection: DuckDBPyConnection, settings: Settings) -> list[Contender]:
    """All rows by domain: ranked by falling score, then without a score, of another protocol, failed.

    Raises:
        DataError: samples that contradict each other.
    """
    found: list[Contender] = []
    for _, of_domain in groupby(read_groups(connection, settings.suite_order), key=lambda group: group.domain):
        groups = list(of_domain)
        protocol, protocols = protocol_of(groups, REFERENCE), protocols_of(groups, REFERENCE)
        scored = [_scored(connection, group) for group in groups]
        reference = next((s for s in scored if s.group.recipe_id == REFERENCE and s.group.signature == protocol), None)
        comparable = [agrees(one.group.signature, protocol) for one in scored]
        deltas = _deltas(scored, comparable, reference=reference, settings=settings)
        for one, same, delta in zip(scored, comparable, deltas, strict=True):
            row = _row(one, settings=settings, delta=delta, comparable=same, protocols=protocols)
            found.append(Contender(row=row, items=one.score))
    return with_ranks(sorted(found, key=_order), settings.resampling)


@dataclass(frozen=True)
class _Scored:
    """A group with the scores of its items."""

    group: Group
    items: Mapping[str, ItemScores | None]
    """By suite."""

    @property
    def score(self) -> ItemScores | None:
        """Those of the suite that ranks."""
        suites = self.group.suites.get("score")
        return self.items[suites[0]["suite"]] if suites else None


def _scored(connection: DuckDBPyConnection, group: Group) -> _Scored:
    return _Scored(
        group, {suite: scores_of(connection, records, domain=group.domain) for suite, records in group.asked.items()}
    )


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
    scored: _Scored,
    *,
    settings: Settings,
    delta: DeltaCell | None,
    comparable: bool,
    protocols: Mapping[str, str],
) -> Row:
    group, facts = scored.group, row_facts(scored.group)
    cells = {
        suite: _suite_cell(records, scored.items[suite], settings=settings) for suite, records in group.asked.items()
    }
    shown = {column: cells[suites[0]["suite"]] for column, suites in group.suites.items()}
    score = shown.get("score")
    if score and facts["reason"] is None:
        facts["reason"] = score.reason
    return Row(
        **facts,
        n=score.n if score else None,
        score=_score_cell(score),
        hallucination=shown.get("hallucination"),
        safety=shown.get("safety"),
        retention=shown.get("retention"),
        suites={suite: _ranked(cell, group.asked[suite], protocols[suite]) for suite, cell in cells.items()},
        delta=delta,
        protocol_hash=score.protocol_hash if score else None,
        comparable=comparable,
    )


def _score_cell(cell: SuiteCell | None) -> ScoreCell | None:
    if cell is None or cell.value is None:
        return None
    return ScoreCell(metric=cell.metric, value=cell.value, low=cell.low, high=cell.high)


def _suite_cell(suites: list[Record], items: ItemScores | None, *, settings: Settings) -> SuiteCell:
    estimate = _estimate(suites, items, settings)
    auc = recorded_mean(suites, "auc")
    return SuiteCell(
        suite=suites[0]["suite"],
        metric=suites[0]["primary_metric"],
        **(_bounds(estimate) if estimate else {"value": None, "low": None, "high": None}),
        n=_n(suites),
        auc=None if auc is None else round(auc, _DIGITS),
        protocol_hash=suites[0]["protocol_hash"],
        reason=suites[0]["reason"],
    )


def _ranked(cell: SuiteCell, suites: list[Record], protocol: str) -> SuiteCell:
    """The cell, without its value if that may not stand beside the others'."""
    if all(suite["protocol_hash"] == protocol for suite in suites):
        return cell
    return cell.model_copy(update={"value": None, "low": None, "high": None, "auc": None, "reason": OTHER_PROTOCOL})


def _deltas(
    scored: Sequence[_Scored], comparable: Sequence[bool], *, reference: _Scored | None, settings: Settings
) -> list[DeltaCell | None]:
    """Differences to the reference, one per row; their p-values are corrected together."""
    base = reference.score if reference else None
    estimates = [
        difference_interval(one.score, base, resampling=settings.resampling)
        if base and one.score and same and one.group.recipe_id != REFERENCE
        else None
        for one, same in zip(scored, comparable, strict=True)
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
        **_bounds(estimate),
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


def _bounds(estimate: Estimate) -> dict[str, Any]:
    return {
        name: None if value is None else round(value, _DIGITS) + 0.0  # + 0.0: no "-0.0" on the board
        for name, value in (("value", estimate.value), ("low", estimate.low), ("high", estimate.high))
    }
