"""The tuning part of a recipe: the grid it declares (`tune`) and the result (`tuned`).

Neither is part of `run`, so DVC re-runs nothing when a grid is declared or a result is written down. For the same
reason this code has a file of its own: `harness/fingerprint/fingerprint.py` leaves it out of every fingerprint.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from harness.config.strict import Number, StrictModel

Value = Number
"""A value of the tuned parameter. Only numbers can be tuned: a grid has a middle and two edges."""

Tune = Annotated[dict[str, Annotated[list[Value], Field(min_length=1)]], Field(min_length=1, max_length=1)]
"""One parameter -> the values to try, in ascending order: `{learning_rate: [3e-4, 1e-3, 3e-3]}`."""


class Tried(StrictModel):
    """One value of the grid and its result."""

    value: Value
    """The value."""
    validation_score: float | None = Field(default=None, ge=0, le=1)
    """Score on validation items, 0 to 1; null: the trial failed."""
    failed: str | None = None
    """Reason why there is no score, such as `diverged` or `out of memory`."""
    seconds: float = Field(ge=0)
    """Wall time of training and scoring, in seconds."""

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        if (self.validation_score is None) == (self.failed is None):
            raise ValueError("give either `validation_score` or `failed`")
        return self


class Tuned(StrictModel):
    """How the value in `run` was chosen. Validation items decide, never test items."""

    on: date
    """Day of the tuning."""
    domain: str
    """The domain that the recipe was tuned on. Runs on other domains use the same value."""
    seed: int
    """Seed of every trial."""
    base_model: str | None = None
    """Name of the base model; null for recipes without one."""
    metric: str
    """The metric that ranks recipes on the board; for several tasks their metrics, of which the mean counts."""
    items: int = Field(gt=0)
    """Number of validation items behind each score."""
    parameter: str
    """Name as in `tune`: `learning_rate`, `peft.r`."""
    grid: list[Value] = Field(min_length=1)
    """The values that were tried, ascending."""
    trials: list[Tried]
    """One entry for each value of the grid, in the same order."""
    chosen: Value
    """The value with the best score."""
    validation_score: float = Field(ge=0, le=1)
    """Score of the chosen value, 0 to 1. It is the best of several, so it is slightly too optimistic."""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if [trial.value for trial in self.trials] != self.grid:
            raise ValueError("the values of `trials` differ from `grid`")
        if self.chosen not in self.grid:
            raise ValueError("`chosen` is not in `grid`")
        return self

    @property
    def at_edge(self) -> bool:
        """Whether the chosen value is the lowest or highest of the grid. A better value may then lie outside."""
        return self.chosen in (self.grid[0], self.grid[-1])
