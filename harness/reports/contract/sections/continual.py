"""Sequences of domains in `reports/leaderboard.json`."""

from __future__ import annotations

from harness.config.strict import StrictModel


class IntervalCell(StrictModel):
    """A figure with its interval."""

    value: float
    low: float | None
    high: float | None
    n: int
    """Test items."""


class StepRow(StrictModel):
    """One row of the matrix of continual learning: the model after one step, asked about every task."""

    step: int
    """Number of tasks learnt so far; 0: before the first step."""
    scores: list[IntervalCell | None]
    """One per task; null: not measured, or measured by another protocol."""
    beside: dict[str, IntervalCell] = {}
    """Metric of safety or of general knowledge -> its value, without an interval where items have no value."""


class FigureCell(StrictModel):
    """A figure of the whole matrix, and its difference to the control."""

    value: float
    low: float | None
    high: float | None
    delta: float | None = None
    """This recipe minus its control, paired by item; null without a control."""
    delta_low: float | None = None
    delta_high: float | None = None


class ContinualArm(StrictModel):
    """One recipe that learns a sequence."""

    recipe: str
    title: str
    seeds: list[int]
    """Seeds that all steps share."""
    steps: list[StepRow]
    """By step, from 1."""
    figures: dict[str, FigureCell | None]
    """`average`, `learning_accuracy`, `backward_transfer`, `forward_transfer`, `forgetting`, `intransigence`
    (`harness/evidence/continual.py`); null: something that the figure needs was not measured."""
    control: str | None
    """Recipe that differences are taken to."""
    train_seconds: float | None
    """Training of all steps, mean over seeds; null: not measured."""
    missing: list[str] = []
    """Steps without scores, with the reason where they failed."""


class ContinualMatrix(StrictModel):
    """All recipes of one family that learn one sequence."""

    family: str
    sequence: str
    tasks: list[str]
    metrics: list[str]
    """Metric of each task."""
    before: StepRow | None
    """Row 0; null: not measured."""
    arms: list[ContinualArm]
    upper_bound: str | None
    """Recipe that intransigence is taken to."""
    figure: str
    """Path of the heat map, relative to the folder of leaderboard.json."""
