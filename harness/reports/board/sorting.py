"""Sort the rows of a board by one of its columns, the best first.

Seconds, memory and money of rows from another kind of machine, or from a busy one, are not compared with the others':
such rows stand below those that compare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from harness.errors import ConfigError, did_you_mean
from harness.reports.contract.rows import Row

Number = float | None

COLUMNS: dict[str, tuple[Callable[[Row], Number], bool]] = {
    "score": (lambda row: row.score.value if row.score else None, True),
    "delta": (lambda row: row.delta.value if row.delta else None, True),
    "hallucination": (lambda row: row.hallucination.value if row.hallucination else None, True),
    "memory": (lambda row: row.memory.train_peak_mb, False),
    "usd": (lambda row: row.cost.usd, False),
    "seconds": (lambda row: row.cost.train_seconds, False),
    "parameters": (lambda row: row.trainable_parameters, False),
    "bytes": (lambda row: row.saved_bytes, False),
}
"""Column -> (its value in a row, whether the highest value is the best). Suites only rank by metrics of which more is
better (`MetricSpec.cannot_rank`), so the highest score is always the best."""


COMPARES: dict[str, Callable[[Row], bool]] = {
    "memory": lambda row: row.memory_compares,
    "usd": lambda row: row.time_compares,
    "seconds": lambda row: row.time_compares,
}
"""Column -> whether a row's value may be compared with those of other rows; others always may."""


def sort_rows(rows: Iterable[Row], column: str) -> list[Row]:
    """The best row first, then rows whose value does not compare, rows without a value last, equal rows as given.

    Raises:
        ConfigError: there is no such column.
    """
    if column not in COLUMNS:
        raise ConfigError(f'cannot sort by "{column}"', hint=did_you_mean(column, COLUMNS))
    read, highest_first = COLUMNS[column]

    compares = COMPARES.get(column)

    def place(row: Row) -> tuple[bool, bool, float]:
        value = read(row)
        return (
            value is None,
            bool(compares and not compares(row)),
            0.0 if value is None else -value if highest_first else value,
        )

    return sorted(rows, key=place)
