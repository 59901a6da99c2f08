"""From the store to the rows of the board: the seeds of a recipe pooled, every score with its interval.

Pure but for reading: the same Parquet files and settings give the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from harness.reports.runs import Group, Record, Signature, agrees, protocol_of, protocols_of, read_groups

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from harness.config.project import Project
    from harness.config.suite import Suite

REFERENCE = "baseline/zero_shot"
"""What every difference is taken against: the base model as it is."""

OTHER_PROTOCOL = "scored by another protocol"
"""Reason of a cell that may not stand beside the others of its column."""

NOT_COMPARABLE: dict[str, Any] = {
    **dict.fromkeys(("value", "low", "high", "auc", "delta")),
    "also": {},
    "reason": OTHER_PROTOCOL,
}
"""What is left of a cell that may not stand beside the others of its column."""

_DIGITS = 6  # of what is stored: sums of floats differ beyond with the number of threads


@dataclass(frozen=True)
class Settings:
    """How the board judges."""

    resampling: Resampling
    margin: float
    """Differences smaller than this do not matter."""
    suites: Mapping[str, Suite] = field(default_factory=dict)
    """Those in use, in their order: where several share a column of the board, the first shows that the domain has
    questions for."""

    @classmethod
    def of(cls, project: Project) -> Settings:
        """What params.yaml and the suites say.

        Raises:
            ConfigError: a suite's file is missing or wrong.
        """
        scoring = project.params.scoring
        return cls(
            resampling=Resampling(confidence=scoring.confidence, resamples=scoring.resamples),
            margin=scoring.equivalence_margin,
            suites={name: project.suite(name) for name in project.params.suites},
        )


def read_board(connection: DuckDBPyConnection, settings: Settings) -> list[Contender]:
    """All rows by domain: ranked by falling score, then without a score, of another protocol, failed.

    Raises:
        DataError: samples that contradict each other.
    """
    found: list[Contender] = []
    groups = read_groups(connection, list(settings.suites))
    for _, of_domain in groupby(groups, key=lambda group: group.domain):
        found += _of_domain(connection, list(of_domain), settings)
    return with_ranks(sorted(found, key=_order), settings.resampling)


def _of_domain(connection: DuckDBPyConnection, groups: list[Group], settings: Settings) -> list[Contender]:
    protocol, protocols = protocol_of(groups, REFERENCE), protocols_of(groups, REFERENCE)
    scored = [_scored(connection, group, protocols) for group in groups]
    place = next((i for i, s in enumerate(scored) if s.is_reference(protocol)), None)
    deltas = {
        suite: _deltas([one.comparable(suite) for one in scored], place, settings=settings) for suite in protocols
    }
    return [
        Contender(
            row=_row(
                one,
                settings=settings,
                deltas={suite: cells[i] for suite, cells in deltas.items()},
                comparable=agrees(one.group.signature, protocol),
            ),
            items=one.score,
        )
        for i, one in enumerate(scored)
    ]


@dataclass(frozen=True)
class _Scored:
    """A group with the scores of its items."""

    group: Group
    items: Mapping[str, ItemScores | None]
    """By suite."""
    other_protocol: frozenset[str]
    """Suites that were scored by another one."""

    @property
    def main_suite(self) -> str | None:
        """The suite that ranks."""
        suites = self.group.suites.get("score")
        return suites[0]["suite"] if suites else None

    @property
    def score(self) -> ItemScores | None:
        """Its items."""
        return self.items.get(self.main_suite or "")

    def comparable(self, suite: str) -> ItemScores | None:
        """The items of a suite; null where it was scored by another protocol than the one that ranks."""
        return None if suite in self.other_protocol else self.items.get(suite)

    def is_reference(self, protocol: Signature) -> bool:
        """Whether the others are compared with it."""
        return self.group.recipe_id == REFERENCE and self.group.signature == protocol


def _scored(connection: DuckDBPyConnection, group: Group, protocols: Mapping[str, str]) -> _Scored:
    other = {
        suite
        for suite, records in group.asked.items()
        if any(record["protocol_hash"] != protocols[suite] for record in records)
    }
    items = {suite: scores_of(connection, records, domain=group.domain) for suite, records in group.asked.items()}
    return _Scored(group, items, frozenset(other))


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


def _row(scored: _Scored, *, settings: Settings, deltas: Mapping[str, DeltaCell | None], comparable: bool) -> Row:
    group, facts = scored.group, row_facts(scored.group)
    cells = {
        suite: _suite_cell(records, scored.items[suite], settings=settings, delta=deltas[suite])
        for suite, records in group.asked.items()
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
        suites={
            suite: cell.model_copy(update=NOT_COMPARABLE) if suite in scored.other_protocol else cell
            for suite, cell in cells.items()
        },
        delta=score.delta if score and comparable else None,
        protocol_hash=score.protocol_hash if score else None,
        comparable=comparable,
    )


def _score_cell(cell: SuiteCell | None) -> ScoreCell | None:
    if cell is None or cell.value is None:
        return None
    return ScoreCell(metric=cell.metric, value=cell.value, low=cell.low, high=cell.high)


def _suite_cell(
    suites: list[Record], items: ItemScores | None, *, settings: Settings, delta: DeltaCell | None
) -> SuiteCell:
    name, estimate = suites[0]["suite"], _estimate(suites, items, settings)
    known = settings.suites.get(name)
    return SuiteCell(
        suite=name,
        metric=suites[0]["primary_metric"],
        **(_bounds(estimate) if estimate else {"value": None, "low": None, "high": None}),
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


def _deltas(
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
        name: _rounded(value)
        for name, value in (("value", estimate.value), ("low", estimate.low), ("high", estimate.high))
    }
