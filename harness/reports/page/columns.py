"""The columns of the page's table: text, and the number by which a column is sorted and downloaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.display.numbers import UNKNOWN, byte_size, count
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import DeltaCell, Row, SuiteCell
from harness.reports.sections.picture.measures import Reading, measures, total_money, total_seconds
from harness.reports.tables.cell_texts import (
    delta_text,
    latency_text,
    memory_text,
    money_text,
    money_with_parents_text,
    p_best_text,
    refusal_text,
    retention_heading,
    retention_text,
    row_place_text,
    score_text,
    score_time_text,
    time_with_parents_text,
    train_time_text,
    trials_text,
    value_text,
)
from harness.reports.tables.notes import notes_of


@dataclass(frozen=True)
class Column:
    """One column."""

    key: str
    """Its name in the downloaded file."""
    heading: str
    text: Callable[[Row], str]
    number: Callable[[Row], Reading | None] | None = None
    """What it is sorted by, with the ends of its interval; null: sorted by its text."""
    shown: bool = True
    """Shown before a reader chooses columns."""


def columns(rows: Sequence[Row], board: Leaderboard) -> list[Column]:
    """The columns after the recipe; only those in which some row has something."""
    found = _all(rows, board)
    return [column for column in found if any(column.text(row) not in ("", UNKNOWN) for row in rows)]


def _all(rows: Sequence[Row], board: Leaderboard) -> list[Column]:
    known = measures(rows, board.protocol)
    metric, currency = known["score"].label if "score" in known else "score", board.protocol.prices.currency
    reference = next((row.delta.reference.partition("/")[2] for row in rows if row.delta), "reference")
    parents = any(row.parents for row in rows)
    return [
        Column("family", "family", lambda row: row.family),
        Column("score", f"{metric}, %", score_text, _score),
        Column("place", "place", row_place_text, _place),
        Column(
            "difference",
            f"points against {reference}",
            lambda row: delta_text(row.delta),
            lambda row: _delta(row.delta),
        ),
        Column("memory_gb", "training memory", memory_text, lambda row: _over(row.memory.train_peak_mb, 1000)),
        Column(
            "train_seconds",
            "training time" + (" with parents" if parents else ""),
            time_with_parents_text if parents else train_time_text,
            lambda row: _over(total_seconds(row), 1),
        ),
        Column(
            currency.lower(),
            currency + (" with parents" if parents else ""),
            _money_with_parents if parents else money_text,
            lambda row: _over(total_money(row), 1),
        ),
        Column("first_token_ms", "first token, ms (tokens/s)", latency_text, lambda row: _over(row.latency_ms, 1)),
        Column("p_best", "P(best)", p_best_text, lambda row: _over(row.rank.p_best if row.rank else None, 1), False),
        Column("n", "items", lambda row: UNKNOWN if row.n is None else str(row.n), lambda row: _over(row.n, 1), False),
        Column(
            "hallucination",
            _beside_heading("hallucination", rows, lambda row: row.hallucination),
            lambda row: value_text(row.hallucination),
            lambda row: _cell(row.hallucination),
            False,
        ),
        Column("refusal", "refusal / over-refusal, %", lambda row: refusal_text(row.safety), None, False),
        Column(
            "retention",
            retention_heading(rows),
            lambda row: retention_text(row.retention),
            lambda row: _cell(row.retention) if row.retention and row.retention.signed else _retained(row),
        ),
        Column("score_seconds", "scoring time", score_time_text, lambda row: _over(row.cost.score_seconds, 1), False),
        Column(
            "trained_parameters",
            "trained parameters",
            lambda row: count(row.trainable_parameters),
            lambda row: _over(row.trainable_parameters, 1),
            False,
        ),
        Column(
            "saved_bytes", "saved", lambda row: byte_size(row.saved_bytes), lambda row: _over(row.saved_bytes, 1), False
        ),
        Column("trials", "tuning trials", trials_text, None, False),
        Column("seeds", "seeds", lambda row: ", ".join(map(str, row.seeds)), None, False),
        Column("base_model", "base model", lambda row: row.base_model or UNKNOWN, None, False),
        Column("notes", "notes", lambda row: "; ".join(notes_of(row)), None, False),
    ]


def _money_with_parents(row: Row) -> str:
    return money_with_parents_text(row) if row.parents else money_text(row)


def _beside_heading(name: str, rows: Sequence[Row], read: Callable[[Row], SuiteCell | None]) -> str:
    metrics = sorted({cell.metric for row in rows if (cell := read(row))})
    return f"{name}: {', '.join(metrics)}" if metrics else name


def _score(row: Row) -> Reading | None:
    found = row.score
    return None if found is None else _shares(found.value, found.low, found.high)


def _place(row: Row) -> Reading | None:
    """The first place that is left, then the last: 1st to 3rd before 1st to 9th."""
    return None if row.rank is None else Reading(row.rank.first + row.rank.last / 1000)


def _delta(delta: DeltaCell | None) -> Reading | None:
    if delta is None:
        return None
    return _shares(delta.value, delta.low, delta.high) if delta.unit == "share" else Reading(*_plain(delta))


def _cell(cell: SuiteCell | None) -> Reading | None:
    if cell is None or cell.value is None:
        return None
    return (
        _shares(cell.value, cell.low, cell.high) if cell.unit == "share" else Reading(cell.value, cell.low, cell.high)
    )


def _retained(row: Row) -> Reading | None:
    return _delta(row.retention.delta) if row.retention else None


def _plain(delta: DeltaCell) -> tuple[float, float | None, float | None]:
    return delta.value, delta.low, delta.high


def _shares(value: float, low: float | None, high: float | None) -> Reading:
    return Reading(100 * value, None if low is None else 100 * low, None if high is None else 100 * high)


def _over(value: float | None, scale: float) -> Reading | None:
    return None if value is None else Reading(value / scale)
