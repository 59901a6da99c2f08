"""Transfer between tasks in `reports/leaderboard.json`."""

from __future__ import annotations

from harness.config.strict import StrictModel
from harness.evidence.verdict import Verdict


class TaskColumn(StrictModel):
    """A task of the transfer table, and the suite that measures it."""

    task: str
    suite: str
    metric: str


class TransferCell(StrictModel):
    """The score of one recipe on one task, whether the recipe learnt that task or not."""

    value: float | None
    reason: str | None
    """Why there is no value."""
    delta: float | None
    """Difference to the reference, paired by item; null where the recipe has another base model."""
    low: float | None
    high: float | None
    verdict: Verdict | None
    """Adjusted over all recipes of the domain, as on the board."""


class TransferRow(StrictModel):
    """One recipe in the transfer table."""

    recipe: str
    """Recipe id, e.g. `multitask/uniform`."""
    learnt: dict[str, int | None]
    """Task -> training examples; null: the whole budget. Empty for the reference, which learnt nothing."""
    cells: dict[str, TransferCell]
    """Task -> score, in the order of the columns."""
    average: float | None
    """Mean over the tasks, with equal weights; null unless every task has a value."""
    average_delta: float | None


class Transfer(StrictModel):
    """The transfer table of one domain: which task helped which."""

    tasks: list[TaskColumn]
    rows: list[TransferRow]
    """First the reference, then recipes of one task, then recipes of several tasks."""
