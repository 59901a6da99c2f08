"""The rows of leaderboard.json as tables for SQL: a short one to read, and one with every figure of the board."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.leaderboard_file import read_board_file
from harness.reports.contract.rows import DeltaCell, RankCell, Row, ScoreCell
from harness.reports.tables.cell_texts import row_place_text
from harness.reports.tables.notes import notes_of
from harness.store.query import FurtherTable

_Column = tuple[str, Callable[[Row], Any]]
"""DuckDB type, and what the column reads."""

NAME = "leaderboard"
"""The short table: what `harness leaderboard` shows first."""
FULL_NAME = "leaderboard_full"
"""Every figure of a row, to the digit."""


def leaderboard_for(sql: str, reports: Path) -> list[FurtherTable]:
    """The tables of the board that was last written; nothing without a board that `sql` does not mention.

    Raises:
        DataError: `sql` mentions the leaderboard, and there is none, or another version wrote it.
    """
    try:
        board = read_board_file(reports)
        return [short_table(board), full_table(board)]
    except DataError:
        if NAME in sql.casefold():
            raise
        return []


def short_table(board: Leaderboard) -> FurtherTable:
    """One row per row of the board, in board order, with rounded figures. null means "not measured"."""
    return _table(NAME, board, _SHORT)


def full_table(board: Leaderboard) -> FurtherTable:
    """The same rows with all columns and all digits."""
    return _table(FULL_NAME, board, _FULL)


def _table(name: str, board: Leaderboard, columns: Mapping[str, _Column]) -> FurtherTable:
    rows = [[read(row) for _, read in columns.values()] for row in board.rows]
    return FurtherTable(name, {column: type_ for column, (type_, _) in columns.items()}, rows)


def _score(read: Callable[[ScoreCell], Any]) -> Callable[[Row], Any]:
    return lambda row: None if row.score is None else read(row.score)


def _delta(read: Callable[[DeltaCell], Any]) -> Callable[[Row], Any]:
    return lambda row: None if row.delta is None else read(row.delta)


def _rank(read: Callable[[RankCell], Any]) -> Callable[[Row], Any]:
    return lambda row: None if row.rank is None else read(row.rank)


_FULL: dict[str, _Column] = {
    "domain": ("VARCHAR", lambda row: row.domain),
    "recipe": ("VARCHAR", lambda row: row.recipe_id),
    "family": ("VARCHAR", lambda row: row.family),
    "title": ("VARCHAR", lambda row: row.title),
    "trained_on": ("VARCHAR[]", lambda row: row.domains or [row.domain]),
    "base_model": ("VARCHAR", lambda row: row.base_model),
    "place": ("VARCHAR", lambda row: row_place_text(row) if row.rank else None),
    "may_be_best": ("BOOLEAN", _rank(lambda rank: rank.may_be_best)),
    "rank": ("INTEGER", _rank(lambda rank: rank.first)),
    "rank_last": ("INTEGER", _rank(lambda rank: rank.last)),
    "p_best": ("DOUBLE", _rank(lambda rank: rank.p_best)),
    "metric": ("VARCHAR", _score(lambda score: score.metric)),
    "value": ("DOUBLE", _score(lambda score: score.value)),
    "low": ("DOUBLE", _score(lambda score: score.low)),
    "high": ("DOUBLE", _score(lambda score: score.high)),
    "n": ("BIGINT", lambda row: row.n),
    "seeds": ("BIGINT[]", lambda row: row.seeds),
    "failed_seeds": ("BIGINT[]", lambda row: row.failed_seeds),
    "reference": ("VARCHAR", _delta(lambda delta: delta.reference)),
    "difference": ("DOUBLE", _delta(lambda delta: delta.value)),
    "difference_low": ("DOUBLE", _delta(lambda delta: delta.low)),
    "difference_high": ("DOUBLE", _delta(lambda delta: delta.high)),
    "verdict": ("VARCHAR", _delta(lambda delta: delta.verdict)),
    "p_value": ("DOUBLE", _delta(lambda delta: delta.p_value)),
    "p_adjusted": ("DOUBLE", _delta(lambda delta: delta.p_adjusted)),
    "hallucination": ("DOUBLE", lambda row: row.hallucination and row.hallucination.value),
    "safety": ("DOUBLE", lambda row: row.safety and row.safety.value),
    "retention": ("DOUBLE", lambda row: row.retention and row.retention.value),
    "train_memory_mb": ("DOUBLE", lambda row: row.memory.train_peak_mb),
    "score_memory_mb": ("DOUBLE", lambda row: row.memory.score_peak_mb),
    "memory_kind": ("VARCHAR", lambda row: row.memory.kind),
    "train_seconds": ("DOUBLE", lambda row: row.cost.train_seconds),
    "score_seconds": ("DOUBLE", lambda row: row.cost.score_seconds),
    "train_seconds_with_parents": ("DOUBLE", lambda row: row.cost.train_seconds_with_parents),
    "usd": ("DOUBLE", lambda row: row.cost.usd),
    "usd_with_parents": ("DOUBLE", lambda row: row.cost.usd_with_parents),
    "energy_wh": ("DOUBLE", lambda row: row.cost.energy_wh),
    "measured_on": ("VARCHAR[]", lambda row: row.machine.measured_on),
    "usual_machine": ("BOOLEAN", lambda row: row.machine.usual),
    "busy": ("BOOLEAN", lambda row: row.machine.busy),
    "others_share": ("DOUBLE", lambda row: row.machine.others_share),
    "trainable_parameters": ("BIGINT", lambda row: row.trainable_parameters),
    "saved_bytes": ("BIGINT", lambda row: row.saved_bytes),
    "first_token_ms": ("DOUBLE", lambda row: row.latency_ms),
    "tokens_per_second": ("DOUBLE", lambda row: row.tokens_per_second),
    "shots": ("BIGINT", lambda row: row.shots),
    "trials": ("BIGINT", lambda row: row.trials),
    "own_budget": ("BOOLEAN", lambda row: row.budget_overridden),
    "comparable": ("BOOLEAN", lambda row: row.comparable),
    "protocol_hash": ("VARCHAR", lambda row: row.protocol_hash),
    "status": ("VARCHAR", lambda row: row.status),
    "reason": ("VARCHAR", lambda row: row.reason),
    "stale": ("VARCHAR", lambda row: row.stale),
    "notes": ("VARCHAR[]", notes_of),
}
"""Column -> (DuckDB type, what it reads). Names are those of the table `runs` where they mean the same."""

_SHORT: dict[str, _Column] = {
    **{name: _FULL[name] for name in ("domain", "recipe")},
    "value": ("DOUBLE", _score(lambda score: _rounded(score.value))),
    "low": ("DOUBLE", _score(lambda score: _rounded(score.low))),
    "high": ("DOUBLE", _score(lambda score: _rounded(score.high))),
    "place": _FULL["place"],
    "difference": ("DOUBLE", _delta(lambda delta: _rounded(delta.value))),
    "verdict": _FULL["verdict"],
    "memory_mb": ("BIGINT", lambda row: None if row.memory.train_peak_mb is None else round(row.memory.train_peak_mb)),
    "seconds": (
        "DOUBLE",
        lambda row: None if row.cost.train_seconds is None else float(f"{row.cost.train_seconds:.3g}"),
    ),
    "usd": ("DOUBLE", lambda row: None if row.cost.usd is None else float(f"{row.cost.usd:.2g}")),
    "status": ("VARCHAR", lambda row: "stale" if row.stale and row.status == "ok" else row.status),
}
"""Column -> the same. Memory and seconds are those of the training."""


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)
