"""The tables of a domain's suites: one table per subject, one line per row of the board, notes on empty cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from harness.config.params import DEFAULT, WIDE, ProtocolName
from harness.display.metrics import Unit, metric_heading, metric_text
from harness.display.numbers import UNKNOWN
from harness.reports.contract.leaderboard import Protocol
from harness.reports.contract.rows import Row, SuiteCell
from harness.reports.tables.cell_texts import delta_text, value_text

SUBJECTS = {
    "score": "The domain itself",
    "hallucination": "Hallucination",
    "safety": "Safety",
    "style": "Style",
    "retention": "Other knowledge",
    "embedding": "Embeddings",
    "official": "Official tasks",
}
"""Column of a suite -> title of its table."""

RETENTION = "Gain and retention"
WIDE_TITLE = "Wide protocol"


@dataclass
class Heading:
    """One column."""

    suite: str
    lines: tuple[str, ...]
    """`("answers", "token_f1, %", "n 100", "detects 9.1")`; fewer lines where rows differ in n, one for a further
    metric."""


@dataclass
class SuiteTable:
    """A table as plain text."""

    title: str
    headings: list[Heading] = field(default_factory=list)
    rows: list[tuple[Row, list[str]]] = field(default_factory=list)
    """Each row with one text per heading; `(2)` at the end of a text refers to the second note."""
    notes: list[str] = field(default_factory=list)
    """Why cells have no value, or a value that covers fewer items."""
    unasked: list[str] = field(default_factory=list)
    """Suites that the domain has no questions for: `translation (the domain has no translate)`."""


def suite_tables(rows: Sequence[Row], protocol: Protocol) -> list[SuiteTable]:
    """The tables of one domain's rows, in the order of `SUBJECTS`; none for subjects without a suite.

    The tables of the wide protocol come last, and only with the rows that it asked.
    """
    rows = [row for row in rows if row.suites]
    wide = [row for row in rows if any(cell.protocol == WIDE for cell in row.suites.values())]
    found = [_table(rows, column, title, protocol) for column, title in SUBJECTS.items()]
    found.append(_retention(rows, protocol))
    found += [
        _table(wide, column, f"{WIDE_TITLE}: {title}", protocol, asked=WIDE) for column, title in SUBJECTS.items()
    ]
    return [table for table in found if table.headings or table.unasked]


def _table(
    rows: Sequence[Row], column: str, title: str, protocol: Protocol, *, asked: ProtocolName = DEFAULT
) -> SuiteTable:
    table = SuiteTable(title, rows=[(row, []) for row in rows])
    cells_of = [(name, cell) for row in rows for name, cell in row.suites.items()]
    names = dict.fromkeys(name for name, cell in cells_of if cell.column == column and cell.protocol == asked)
    for name in names:
        cells = [row.suites.get(name) for row in rows]
        known = [cell for cell in cells if cell is not None]
        if not any(cell.protocol_hash for cell in known):
            table.unasked.append(f"{name} ({known[0].reason})")
            continue
        table.headings.append(Heading(name, _heading(name, known, protocol)))
        for (_, texts), cell in zip(table.rows, cells, strict=True):
            texts.append(_cell(cell, table.notes))
        for metric in dict.fromkeys(metric for cell in known for metric in cell.also):
            info = protocol.metric(metric)
            table.headings.append(Heading(name, (metric_heading(metric, info.unit),)))
            for (_, texts), cell in zip(table.rows, cells, strict=True):
                value = cell.also.get(metric) if cell else None
                texts.append(metric_text(value, info.unit, signed=info.signed))
    return table


def _retention(rows: Sequence[Row], protocol: Protocol) -> SuiteTable:
    """What each recipe gained on the domain, and what it lost elsewhere, in points against the reference."""
    table = SuiteTable(RETENTION, rows=[(row, []) for row in rows])
    cells_of = [(name, cell) for row in rows for name, cell in row.suites.items() if cell.protocol == DEFAULT]
    names = dict.fromkeys(name for name, cell in cells_of if cell.retained and cell.delta)
    if not names:
        return table
    table.headings.append(Heading("score", ("gain", "points")))
    for row, texts in table.rows:
        texts.append(delta_text(row.delta))
    for name in names:
        cells = [row.suites.get(name) for row in rows]
        lines = _heading(name, [cell for cell in cells if cell is not None], protocol)
        unit = next(cell.delta.unit for cell in cells if cell and cell.delta)
        table.headings.append(Heading(name, (lines[0], "points" if unit == "share" else unit, *lines[2:])))
        for (_, texts), cell in zip(table.rows, cells, strict=True):
            texts.append(delta_text(cell.delta if cell else None))
    return table


def _heading(name: str, cells: Sequence[SuiteCell], protocol: Protocol) -> tuple[str, ...]:
    shown = sorted({cell.metric for cell in cells})
    metrics = ", ".join(metric_heading(metric, protocol.metric(metric).unit) for metric in shown)
    counts = {cell.n for cell in cells if cell.value is not None}
    n = [f"n {counts.pop()}"] if len(counts) == 1 else []
    deltas = [cell.delta for cell in cells if cell.delta and cell.delta.detectable is not None]
    found = [delta.detectable for delta in deltas if delta.detectable is not None]
    detects = [f"detects {_unsigned(median(found), deltas[0].unit)}"] if found else []
    return (name, metrics, *n, *detects)


def _unsigned(difference: float, unit: Unit) -> str:
    return metric_text(difference, unit, signed=False)


def _cell(cell: SuiteCell | None, notes: list[str]) -> str:
    if cell is None:
        return UNKNOWN
    text = value_text(cell)
    if cell.reason is None:
        return text
    if cell.reason not in notes:
        notes.append(cell.reason)
    return f"{text} ({notes.index(cell.reason) + 1})"
