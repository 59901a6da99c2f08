"""Which task helped which: recipes that learnt one task or several, each asked all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from harness.config.strict import StrictModel
from harness.evidence.verdict import Verdict
from harness.reports.board.settings import REFERENCE

if TYPE_CHECKING:
    from harness.config.suite import Suite
    from harness.reports.board.rows import Row, SuiteCell

FAMILY = "multitask"
SINGLE = "peft/lora"
"""The recipe of another family that is the single-task run of a domain's main task."""
COLUMNS = ("score", "hallucination")
"""Of suites that may stand for a task, best first."""


class TaskColumn(StrictModel):
    """A task, and the suite that asks it."""

    task: str
    suite: str
    metric: str


class TransferCell(StrictModel):
    """How a recipe does a task, learnt or not."""

    value: float | None
    reason: str | None
    """Why there is no value."""
    delta: float | None
    """Difference to the base model, paired by item; null where the recipe stands on another base."""
    low: float | None
    high: float | None
    verdict: Verdict | None
    """Holm-corrected over all recipes of the domain, as on the board."""


class TransferRow(StrictModel):
    """A recipe."""

    recipe: str
    """`multitask/uniform`."""
    learnt: dict[str, int | None]
    """Task -> examples; null: all that it had. Empty for the base model itself."""
    cells: dict[str, TransferCell]
    """By task, in the order of the columns."""
    average: float | None
    """Over the tasks, each counting the same; null unless all of them were asked."""
    average_delta: float | None


class Transfer(StrictModel):
    """The matrix of one domain."""

    tasks: list[TaskColumn]
    rows: list[TransferRow]
    """The base model, recipes of one task, then those of several."""


def transfers(rows: Sequence[Row], suites: Mapping[str, Suite]) -> dict[str, Transfer]:
    """Domain -> its matrix, for domains on which a multi-task recipe was scored. `suites`: those in use, by name."""
    found = {}
    for domain, of_domain in groupby(rows, key=lambda row: row.domain):
        usable = [row for row in of_domain if row.suites and row.comparable]
        if any(row.family == FAMILY for row in usable):
            found[domain] = _transfer(usable, task_suites(suites))
    return found


def task_suites(suites: Mapping[str, Suite]) -> dict[str, str]:
    """View -> the first suite that asks this view alone, scores before others."""
    found: dict[str, str] = {}
    for column in COLUMNS:
        for name, suite in suites.items():
            if suite.column == column and len(suite.views) == 1 and suite.against is None:
                found.setdefault(suite.views[0], name)
    return found


def _transfer(rows: Sequence[Row], suites: Mapping[str, str]) -> Transfer:
    wanted = [row for row in rows if row.family == FAMILY or row.recipe_id in (REFERENCE, SINGLE)]
    shown = [(row, _learnt(row, suites)) for row in wanted]
    shown.sort(key=lambda entry: (len(entry[1]), entry[0].family == FAMILY, entry[0].recipe_id))
    learnt = {task for _, tasks in shown for task in tasks}
    asked = {task: suite for task, suite in suites.items() if task in learnt and _cells(rows, suite)}
    base = next((row.base_model for row in rows if row.recipe_id == REFERENCE), None)
    columns = [TaskColumn(task=task, suite=s, metric=_cells(rows, s)[0].metric) for task, s in asked.items()]
    return Transfer(tasks=columns, rows=[_row(row, tasks, asked, base=base) for row, tasks in shown])


def _learnt(row: Row, suites: Mapping[str, str]) -> dict[str, int | None]:
    """What the record tells; of `SINGLE` the task of the first score that its domain has questions for."""
    if row.family == FAMILY:
        return dict(row.examples_by_task)
    if row.recipe_id == REFERENCE:
        return {}
    main = (task for task, suite in suites.items() if (cell := row.suites.get(suite)) and cell.column == COLUMNS[0])
    return dict.fromkeys([task for task in main if row.suites[suites[task]].protocol_hash][:1])


def _cells(rows: Sequence[Row], suite: str) -> list[SuiteCell]:
    """Those of a suite that the domain has questions for."""
    return [row.suites[suite] for row in rows if suite in row.suites and row.suites[suite].protocol_hash]


def _row(row: Row, learnt: dict[str, int | None], asked: Mapping[str, str], *, base: str | None) -> TransferRow:
    cells = {task: _cell(row.suites.get(suite), paired=row.base_model == base) for task, suite in asked.items()}
    return TransferRow(
        recipe=row.recipe_id,
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
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 6) + 0.0 if known and len(known) == len(values) else None
