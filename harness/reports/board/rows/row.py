"""Step 7 of the board: a group, its scores and its comparisons become a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.reports.board.judged.differences import measures_forgetting
from harness.reports.board.judged.estimates import EstimatedGroup, items_asked
from harness.reports.board.measured.groups import Record
from harness.reports.board.measured.item_scores import recorded_mean
from harness.reports.board.rows.pooling import run_facts
from harness.reports.board.settings import Settings
from harness.reports.contract.rounding import rounded, rounded_bounds
from harness.reports.contract.rows import DeltaCell, MachineCell, RankCell, Row, ScoreCell, SuiteCell
from harness.scoring.metric_registry import metric_spec

OTHER_PROTOCOL = "scored by another protocol"
"""Reason of a cell that may not be compared with the others of its column."""

LEARNT = "the recipe was trained on these domains too"
"""Reason of a cell that cannot measure forgetting because its questions belong to a domain that was trained on."""

_WITHOUT_VALUE: dict[str, Any] = {**dict.fromkeys(("value", "low", "high", "auc", "delta")), "also": {}}


def row_of(
    estimated: EstimatedGroup,
    *,
    deltas: Mapping[str, DeltaCell],
    rank: RankCell | None,
    machine: MachineCell,
    settings: Settings,
) -> Row:
    """The row. `deltas`: suite -> difference to the reference."""
    group, facts = estimated.scored.group, run_facts(estimated.scored.group)
    cells = {suite: _suite_cell(estimated, suite, deltas.get(suite), settings) for suite in group.asked}
    shown = {column: cells[suites[0]["suite"]] for column, suites in group.suites.items()}
    score = shown.get("score")
    if score and facts["reason"] is None:
        facts["reason"] = score.reason
    return Row(
        **facts,
        machine=machine,
        n=score.n if score else None,
        score=_score_cell(score),
        rank=rank,
        hallucination=shown.get("hallucination"),
        safety=shown.get("safety"),
        retention=shown.get("retention"),
        suites={suite: _hidden_if_other_protocol(estimated, cell) for suite, cell in cells.items()},
        delta=score.delta if score and estimated.comparable else None,
        protocol_hash=score.protocol_hash if score else None,
        comparable=estimated.comparable,
    )


def _score_cell(cell: SuiteCell | None) -> ScoreCell | None:
    if cell is None or cell.value is None:
        return None
    return ScoreCell(metric=cell.metric, value=cell.value, low=cell.low, high=cell.high)


def _suite_cell(estimated: EstimatedGroup, suite: str, delta: DeltaCell | None, settings: Settings) -> SuiteCell:
    records = estimated.scored.group.asked[suite]
    spec = metric_spec(records[0]["primary_metric"])
    cell = SuiteCell(
        suite=suite,
        metric=records[0]["primary_metric"],
        **rounded_bounds(estimated.scores[suite]),
        n=items_asked(records),
        auc=rounded(recorded_mean(records, "auc")),
        protocol=records[0]["protocol"],
        protocol_hash=records[0]["protocol_hash"],
        reason=records[0]["reason"],
        unit=spec.unit,
        signed=spec.signed,
        column=records[0]["board_column"],
        also=_further_metrics(records, settings),
        delta=delta,
        retained=measures_forgetting(records, settings),
    )
    learnt = suite in estimated.scored.learnt
    return cell.model_copy(update=_WITHOUT_VALUE | {"reason": LEARNT}) if learnt else cell


def _further_metrics(records: Sequence[Record], settings: Settings) -> dict[str, float | None]:
    suite = settings.suites.get(records[0]["suite"])
    return {metric: rounded(recorded_mean(list(records), metric)) for metric in (suite.also if suite else ())}


def _hidden_if_other_protocol(estimated: EstimatedGroup, cell: SuiteCell) -> SuiteCell:
    if cell.suite not in estimated.scored.other_protocol:
        return cell
    return cell.model_copy(update=_WITHOUT_VALUE | {"reason": OTHER_PROTOCOL})
