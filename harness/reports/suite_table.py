"""The table "Every suite" of a domain: a row per recipe, a column per suite, and why cells are empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.display.numbers import UNKNOWN, percent
from harness.reports.rows import Row, SuiteCell

TITLE = "Every suite"


@dataclass
class SuiteTable:
    """Plain text, for any board."""

    suites: list[str]
    """Those that some row was or could have been asked, in the order of params.yaml."""
    headings: list[tuple[str, ...]]
    """`("answers", "token_f1, %", "n 100")` for each of them; without the last where rows differ in it."""
    rows: list[tuple[Row, list[str]]] = field(default_factory=list)
    """Each with a cell per suite; `(2)` at its end refers to the second note."""
    notes: list[str] = field(default_factory=list)
    """Why cells have no value, or one of fewer items."""
    unasked: list[str] = field(default_factory=list)
    """Suites that the domain has no questions for: `translation (the domain has no translate)`."""


def suite_table(rows: Sequence[Row]) -> SuiteTable | None:
    """The table of one domain's rows, in their order; null if none of them has a suite."""
    rows = [row for row in rows if row.suites]
    if not rows:
        return None
    names = list(dict.fromkeys(name for row in rows for name in row.suites))
    cells = {name: [row.suites[name] for row in rows if name in row.suites] for name in names}
    asked = [name for name in names if any(cell.protocol_hash for cell in cells[name])]
    table = SuiteTable(suites=asked, headings=[_heading(name, cells[name]) for name in asked])
    for row in rows:
        table.rows.append((row, [_cell(row.suites.get(name), table.notes) for name in asked]))
    table.unasked = [f"{name} ({cells[name][0].reason})" for name in names if name not in asked]
    return table


def _heading(name: str, cells: Sequence[SuiteCell]) -> tuple[str, ...]:
    metrics = ", ".join(sorted({cell.metric for cell in cells}))
    counts = {cell.n for cell in cells if cell.value is not None}
    n = [f"n {counts.pop()}"] if len(counts) == 1 else []
    return (name, f"{metrics}, %", *n)


def _cell(cell: SuiteCell | None, notes: list[str]) -> str:
    if cell is None:
        return UNKNOWN
    text = percent(cell.value, cell.low, cell.high)
    if cell.reason is None:
        return text
    if cell.reason not in notes:
        notes.append(cell.reason)
    return f"{text} ({notes.index(cell.reason) + 1})"
