"""`recipes/<family>/_family.yaml`: a kind of fine-tuning, what its recipes share, and how its runs are made.

Only `run` changes results. All other keys stand outside of it, so editing them trains nothing again.
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from harness.config.recipe import Section
from harness.config.strict import StrictModel
from harness.config.tuned import Tune


class StageHints(StrictModel):
    """What dvc.yaml says about one stage of a family, for readers and for planning."""

    description: str | None = None
    """One line, such as `score the adapters`; null: made from the name of the family."""
    cpus: int | None = Field(default=None, ge=1)
    """Cores that one run can use; null: an equal share of those that there are (`harness repro --jobs N`)."""
    gpus: int | None = Field(default=None, ge=1)
    """GPUs that one run needs; null: it runs on a CPU."""
    memory_gb: float | None = Field(default=None, gt=0)
    """Peak memory of one run in GB, as `harness plan` shows it before anything was measured."""


class FamilyStages(StrictModel):
    """Hints for each kind of stage that a family has."""

    train: StageHints = StageHints()
    """Of the stage that trains."""
    score: StageHints = StageHints()
    """Of the stage that scores."""
    curve: StageHints = StageHints()
    """Only used with `learning_curves: true`."""


class Family(StrictModel):
    """A kind of fine-tuning and what its recipes share."""

    title: str
    """Heading of the family on boards."""
    order: int
    """Place in a textbook's table of contents; boards and dvc.yaml list families in this order."""
    run: dict[str, Any]
    """Defaults for `run` of every recipe of the family. DVC tracks the key, so it must be there, even if empty."""
    sections: list[Section] = []
    """Report sections in which the family's recipes appear, besides the main table."""
    tune: Tune | None = None
    """The grid of its recipes that declare none of their own (`tune: null` declares that there is none)."""
    runs_on: Literal["domains", "sequences"] = "domains"
    """`domains`: each recipe runs once per entry of `domains` in params.yaml. `sequences`: each recipe runs once per
    step of each of the `sequences` in params.yaml, and every step continues from the step before."""
    untrained: str | None = None
    """Recipe of a family on sequences that trains nothing. It runs on the first step of each sequence only: it is row 0
    of the matrix of continual learning."""
    upper_bound: str | None = None
    """Recipe of a family on sequences that learns all domains so far together; the others are measured against it."""
    reference: str | None = None
    """Recipe that differences are taken to on domains where the reference of the board has no row."""
    controls: dict[str, str] = {}
    """Recipe of a family on sequences -> the recipe that its figures are compared with, item by item."""
    learning_curves: bool = False
    """Whether each of its recipes also gets a learning curve per domain (`harness curve`)."""
    stages: FamilyStages = FamilyStages()
    """Descriptions and resources of the stages in dvc.yaml."""

    @model_validator(mode="after")
    def _curves_of_single_domains(self) -> Self:
        if self.learning_curves and self.runs_on == "sequences":
            raise ValueError("a learning curve belongs to one domain, so it does not go with `runs_on: sequences`")
        return self

    @model_validator(mode="after")
    def _roles_in_sequences(self) -> Self:
        if self.runs_on == "domains" and (self.untrained or self.upper_bound or self.controls):
            raise ValueError("`untrained`, `upper_bound` and `controls` go with `runs_on: sequences`")
        return self
