"""What the pictures of a board can put on an axis: each figure of the rows in the unit in which it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from harness.reports.contract.leaderboard import Protocol
from harness.reports.contract.rows import Row, SuiteCell

SCORE, MEMORY, COST, HALLUCINATION, SAFETY = "score", "memory", "cost", "hallucination", "safety"
"""Keys of the measures that pictures start with."""


class Reading(NamedTuple):
    """One figure of one row."""

    value: float
    low: float | None = None
    high: float | None = None
    compares: bool = True
    """False: measured on another kind of machine, or on a busy one."""


@dataclass(frozen=True)
class Measure:
    """One figure of every row of a domain."""

    key: str
    label: str
    """`training memory`."""
    unit: str
    """`GB`; empty for plain numbers."""
    better: Literal["higher", "lower"]
    readings: tuple[Reading | None, ...]
    """One per row, in order; null: not measured."""

    @property
    def heading(self) -> str:
        """`training memory, GB`."""
        return f"{self.label}, {self.unit}" if self.unit else self.label

    def of(self, places: Iterable[int]) -> Measure:
        """The same measure of some of the rows."""
        return replace(self, readings=tuple(self.readings[place] for place in places))


def measures(rows: Sequence[Row], protocol: Protocol, *, fewest: int = 1) -> dict[str, Measure]:
    """Key -> measure of one domain's rows, for every measure that at least `fewest` rows have. Scores come first."""
    metric = next((row.score.metric for row in rows if row.score), "score")
    found = [
        Measure(SCORE, metric, "%", "higher", tuple(map(_score, rows))),
        *_beside(HALLUCINATION, rows, lambda row: row.hallucination, protocol),
        *_beside(SAFETY, rows, lambda row: row.safety, protocol),
        _retention(rows, protocol),
        _resource(MEMORY, "training memory", "GB", rows, _memory),
        _resource(COST, "cost", protocol.prices.currency, rows, lambda row: _timed(row, total_money(row))),
        _resource("time", "training time", "s", rows, lambda row: _timed(row, total_seconds(row))),
        _resource("latency", "first token", "ms", rows, lambda row: _timed(row, row.latency_ms)),
        _resource("trained", "trained parameters", "M", rows, lambda row: _plain(row.trainable_parameters, 1e6)),
        _resource("saved", "saved", "MB", rows, lambda row: _plain(row.saved_bytes, 1e6)),
    ]
    return {one.key: one for one in found if one and sum(reading is not None for reading in one.readings) >= fewest}


def total_money(row: Row) -> float | None:
    """What the row cost with the trainings that it starts from; null where a part is unknown."""
    return row.cost.usd_with_parents if row.parents else row.cost.usd


def total_seconds(row: Row) -> float | None:
    """Training seconds with those of the runs that the row starts from; null where a part is unknown."""
    return row.cost.train_seconds_with_parents if row.parents else row.cost.train_seconds


def money_compares(row: Row) -> bool:
    """Whether seconds and money, parents included, may be compared with those of other rows."""
    return row.time_compares and (row.machine.parents_alike or not row.parents)


def _score(row: Row) -> Reading | None:
    found = row.score if row.ranked else None
    return _shares(found.value, found.low, found.high) if found else None


def _beside(
    key: str, rows: Sequence[Row], read: Callable[[Row], SuiteCell | None], protocol: Protocol
) -> list[Measure]:
    """A column of the board other than the score; nothing where its suites have other units than shares."""
    known = next((cell for row in rows if (cell := read(row)) and cell.value is not None), None)
    if known is None or known.unit != "share":
        return []
    readings = []
    for row in rows:
        cell = read(row)
        same = row.comparable and cell is not None and cell.value is not None and cell.metric == known.metric
        readings.append(_shares(cell.value, cell.low, cell.high) if cell and cell.value is not None and same else None)
    better = protocol.metric(known.metric).better or "higher"
    return [Measure(key, f"{key}: {known.suite}, {known.metric}", "%", better, tuple(readings))]


def _retention(rows: Sequence[Row], protocol: Protocol) -> Measure | None:
    """The change that the suite measures itself, else points to the reference."""
    known = next((row.retention for row in rows if row.retention and row.retention.value is not None), None)
    if known is None:
        return None
    scale = 100 if known.unit == "share" else 1
    readings: list[Reading | None] = []
    for row in rows:
        cell = row.retention if row.comparable else None
        source = cell if known.signed else cell.delta if cell else None
        if source is None or source.value is None:
            readings.append(None)
        else:
            readings.append(_scaled(source.value, source.low, source.high, scale))
    better = (protocol.metric(known.metric).better or "higher") if known.signed else "higher"
    unit = "points" if known.unit == "share" else known.unit
    return Measure("retention", f"retention: {known.suite}", unit, better, tuple(readings))


def _resource(key: str, label: str, unit: str, rows: Sequence[Row], read: Callable[[Row], Reading | None]) -> Measure:
    return Measure(key, label, unit, "lower", tuple(map(read, rows)))


def _memory(row: Row) -> Reading | None:
    peak = row.memory.train_peak_mb
    return None if peak is None else Reading(peak / 1000, compares=row.memory_compares)


def _timed(row: Row, value: float | None) -> Reading | None:
    return None if value is None else Reading(value, compares=money_compares(row))


def _plain(value: float | None, scale: float) -> Reading | None:
    return None if value is None else Reading(value / scale)


def _shares(value: float, low: float | None, high: float | None) -> Reading:
    return _scaled(value, low, high, 100)


def _scaled(value: float, low: float | None, high: float | None, scale: float) -> Reading:
    return Reading(scale * value, None if low is None else scale * low, None if high is None else scale * high)
