"""Which task helped which: recipes that learnt one task or several, each scored on all of these tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from harness.reports.contract.sections.transfer import TaskColumn, Transfer, TransferCell, TransferRow

if TYPE_CHECKING:
    from harness.reports.board.settings import Settings
    from harness.reports.contract.rows import Row, SuiteCell


def transfers(rows: Sequence[Row], settings: Settings) -> dict[str, Transfer]:
    """Domain -> transfer table, for domains on which recipes of the section `transfer` learnt different tasks."""
    found = {}
    for domain, of_domain in groupby(rows, key=lambda row: row.domain):
        usable = [row for row in of_domain if row.suites and row.comparable]
        transfer = _transfer(usable, settings)
        if len({task for row in transfer.rows for task in row.learnt}) > 1:
            found[domain] = transfer
    return found


def _transfer(rows: Sequence[Row], settings: Settings) -> Transfer:
    members = settings.sections.get("transfer", frozenset())
    suites = settings.task_suites
    reference = next((row for row in rows if row.row_id == settings.reference), None)
    learnt = {row.row_id: _learnt(row, suites) for row in rows if row.recipe_id in members}
    if reference:
        learnt[reference.row_id] = {}
    shown = sorted((row for row in rows if row.row_id in learnt), key=lambda row: _place(row, learnt[row.row_id]))
    tasks = {task for found in learnt.values() for task in found}
    asked = {task: suite for task, suite in suites.items() if task in tasks and _cells(rows, suite)}
    columns = [TaskColumn(task=task, suite=s, metric=_cells(rows, s)[0].metric) for task, s in asked.items()]
    base = reference.base_model if reference else None
    return Transfer(tasks=columns, rows=[_row(row, learnt[row.row_id], asked, base=base) for row in shown])


def _place(row: Row, learnt: Mapping[str, int | None]) -> tuple[int, bool, str]:
    """First rows that learnt fewer tasks; of these, rows that learnt their domain's main task."""
    return len(learnt), None not in learnt.values(), row.row_id


def _learnt(row: Row, suites: Mapping[str, str]) -> dict[str, int | None]:
    """The tasks that the record counts; else the main task: that of the first score the domain has questions for."""
    if row.examples_by_task:
        return dict(row.examples_by_task)
    main = (task for task, suite in suites.items() if (cell := row.suites.get(suite)) and cell.column == "score")
    return dict.fromkeys([task for task in main if row.suites[suites[task]].protocol_hash][:1])


def _cells(rows: Sequence[Row], suite: str) -> list[SuiteCell]:
    """The cells of a suite; empty if the domain has no questions for it."""
    return [row.suites[suite] for row in rows if suite in row.suites and row.suites[suite].protocol_hash]


def _row(row: Row, learnt: dict[str, int | None], asked: Mapping[str, str], *, base: str | None) -> TransferRow:
    cells = {task: _cell(row.suites.get(suite), paired=row.base_model == base) for task, suite in asked.items()}
    return TransferRow(
        recipe=row.row_id,
        learnt=learnt,
        cells=cells,
        average=_mean([cell.value for cell in cells.values()]),
        average_delta=_mean([cell.delta for cell in cells.values()]),
    )


def _cell(cell: SuiteCell | None, *, paired: bool) -> TransferCell:
    delta = cell.delta if cell and paired else None
    return TransferCell(
        value=cell.value if cell else None,
        reason=cell.reason if cell and cell.value is None else None,
        delta=delta.value if delta else None,
        low=delta.low if delta else None,
        high=delta.high if delta else None,
        verdict=delta.verdict if delta else None,
    )


def _mean(values: Sequence[float | None]) -> float | None:
    """Null unless every value is known."""
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 6) + 0.0 if known and len(known) == len(values) else None
