"""What a recipe says of its own tuning: the grid it declares (`tune`) and what came of it (`tuned`).

Neither is part of `run`, so that declaring a grid or writing down a result re-runs nothing in DVC; and as a file of
its own this one is in no fingerprint (`harness/fingerprint/fingerprint.py`).
"""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated, Self

from pydantic import Field, PlainValidator, model_validator

from harness.config.strict import StrictModel


def _number(given: object) -> int | float:
    """Whole numbers stay whole: `peft.r` takes no 8.0."""
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise ValueError("a number, without quotes")
    return int(given) if isinstance(given, int) else float(given)


Value = Annotated[int | float, PlainValidator(_number)]
"""Of the parameter that is tuned. Numbers only: a grid has a middle and two edges."""

Tune = Annotated[dict[str, Annotated[list[Value], Field(min_length=1)]], Field(min_length=1, max_length=1)]
"""Parameter -> the values to try, ascending: `{learning_rate: [3e-4, 1e-3, 3e-3]}`."""


class Tried(StrictModel):
    """One value of the grid and what came of it."""

    value: Value
    validation_score: float | None = Field(default=None, ge=0, le=1)
    failed: str | None = None
    """Why there is no score: diverged, out of memory..."""
    seconds: float = Field(ge=0)
    """Wall time of training and scoring."""

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        if (self.validation_score is None) == (self.failed is None):
            raise ValueError("give either `validation_score` or `failed`")
        return self


class Tuned(StrictModel):
    """How the value in `run` was chosen: by validation items, never by test items."""

    on: date
    domain: str
    """The domain it was tuned on; boards of other domains inherit the value."""
    seed: int
    base_model: str | None = None
    """Null for recipes that need none."""
    metric: str
    """The one that ranks on the board; of several tasks the mean."""
    items: int = Field(gt=0)
    """Validation items behind each score."""
    parameter: str
    """As in `tune`: `learning_rate`, `peft.r`."""
    grid: list[Value] = Field(min_length=1)
    trials: list[Tried]
    """One for each value of the grid, in its order."""
    chosen: Value
    validation_score: float = Field(ge=0, le=1)
    """That of the chosen value: the best of the grid, and so a little too good."""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if [trial.value for trial in self.trials] != self.grid:
            raise ValueError("`trials` are not those of `grid`")
        if self.chosen not in self.grid:
            raise ValueError("`chosen` is not in `grid`")
        return self

    @property
    def at_edge(self) -> bool:
        """Whether the best value is the grid's lowest or highest, so that a better one may lie beyond."""
        return self.chosen in (self.grid[0], self.grid[-1])
