"""The table "Transfer between tasks" of a domain, as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from harness.display.metrics import metric_heading
from harness.display.numbers import UNKNOWN, percent, points
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.contract.sections.transfer import TransferCell, TransferRow
from harness.reports.tables.suite_table import Heading, SuiteTable

TITLE = "Transfer between tasks"


def transfer_tables(board: Leaderboard, rows: Sequence[Row]) -> list[SuiteTable]:
    """The table of the domain that the rows belong to; empty if the domain has none."""
    transfer = board.transfer.get(rows[0].domain) if rows else None
    if transfer is None:
        return []
    by_id = {row.row_id: row for row in rows if row.comparable}
    table = SuiteTable(TITLE)
    table.headings.append(Heading("learnt", ("learnt", "examples")))
    for column in transfer.tasks:
        metric = metric_heading(column.metric, board.protocol.metric(column.metric).unit)
        table.headings.append(Heading(column.suite, (column.task, metric, "points to the reference")))
    table.headings.append(Heading("average", ("average over tasks", "%", "points to the reference")))
    for row in transfer.rows:
        cells = [_cell(row.cells[column.task], table.notes) for column in transfer.tasks]
        average = _with_delta(percent(row.average), None if row.average_delta is None else points(row.average_delta))
        table.rows.append((by_id[row.recipe], [_learnt(row), *cells, average]))
    return [table]


def _learnt(row: TransferRow) -> str:
    """`classify 172, claims 170`; an em dash for the reference."""
    parts = [task if count is None else f"{task} {count}" for task, count in row.learnt.items()]
    return ", ".join(parts) or UNKNOWN


def _cell(cell: TransferCell, notes: list[str]) -> str:
    """`62.0 (+12.3 [+9.1, +15.4] better)`; without brackets where there is no difference to the reference."""
    if cell.reason and cell.reason not in notes:
        notes.append(cell.reason)
    if cell.value is None:
        return f"{UNKNOWN} ({notes.index(cell.reason) + 1})" if cell.reason else UNKNOWN
    delta = None if cell.delta is None else f"{points(cell.delta, cell.low, cell.high)} {cell.verdict}"
    return _with_delta(percent(cell.value), delta)


def _with_delta(value: str, delta: str | None) -> str:
    return value if delta is None else f"{value} ({delta})"
