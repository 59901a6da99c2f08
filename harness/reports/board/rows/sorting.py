"""Sort the rows of a board by one of its columns, the best first.

Seconds, memory and money of rows from another kind of machine, or from a busy one, are not compared with the others':
such rows stand below those that compare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.errors import ConfigError, did_you_mean
from harness.reports.contract.rows import Row


@dataclass(frozen=True)
class Sorting:
    """One way to sort."""

    read: Callable[[Row], float | None]
    """The value of a row; null: not measured."""
    highest_first: bool
    """Whether the highest value is the best."""
    compares: Callable[[Row], bool] = lambda row: True
    """Whether the value of a row may be compared with those of other rows."""


def _memory_compares(row: Row) -> bool:
    return row.memory_compares


def _time_compares(row: Row) -> bool:
    return row.time_compares


SORTINGS: dict[str, Sorting] = {
    "accuracy": Sorting(lambda row: row.score.value if row.score else None, highest_first=True),
    "memory": Sorting(lambda row: row.memory.train_peak_mb, highest_first=False, compares=_memory_compares),
    "time": Sorting(lambda row: row.cost.train_seconds, highest_first=False, compares=_time_compares),
    "cost": Sorting(lambda row: row.cost.usd, highest_first=False, compares=_time_compares),
    "retention": Sorting(
        lambda row: row.retention.delta.value if row.retention and row.retention.delta else None, highest_first=True
    ),
    "hallucination": Sorting(lambda row: row.hallucination.value if row.hallucination else None, highest_first=True),
    "safety": Sorting(lambda row: row.safety.value if row.safety else None, highest_first=True),
}
"""Name -> how to sort. `accuracy` is the score of the board, whatever its metric. Suites only rank by metrics of which
more is better (`MetricSpec.cannot_rank`), so the highest score is always the best."""


def sort_rows(rows: Iterable[Row], by: str) -> list[Row]:
    """The best row first, then rows whose value does not compare, rows without a value last, equal rows as given.

    Raises:
        ConfigError: there is no such sorting.
    """
    if by not in SORTINGS:
        raise ConfigError(f'cannot sort by "{by}"', expected=", ".join(SORTINGS), hint=did_you_mean(by, SORTINGS))
    sorting = SORTINGS[by]

    def place(row: Row) -> tuple[bool, bool, float]:
        value = sorting.read(row)
        sign = -1 if sorting.highest_first else 1
        return value is None, not sorting.compares(row), sign * (value or 0.0)

    return sorted(rows, key=place)
