"""One suite: the file `data/suites/<suite>.yaml`, which says what a model is asked and how answers are scored."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from harness.config.strict import StrictModel

Column = Literal["score", "hallucination", "safety", "style", "retention", "embedding"]
"""What a suite measures. It decides where the board shows the suite."""


class Suite(StrictModel):
    """A set of questions and the rule that scores the answers. Either `views` or `questions` names the questions."""

    title: str
    """Name of the suite on boards."""
    summary: str
    """One or two sentences: what the suite asks, and why."""
    kind: str
    """Name of the module in harness/scoring/kinds/ that scores it."""
    version: int = Field(ge=1)
    """Raise it when the questions or the rule change. Scores of different versions are never ranked together."""
    views: list[str] = []
    """Views of the domain that hold the questions."""
    questions: str | None = None
    """Name of the module in harness/suites/sets/ that makes the suite's own questions, the same for every domain."""
    items: int | None = Field(default=None, gt=0)
    """Largest number of test items from each view; null: all."""
    metric: str
    """The metric that the board shows. The kind must compute it."""
    also: list[str] = []
    """Further metrics that the board shows next to it."""
    max_new_tokens: int | None = Field(default=None, gt=0)
    """For kinds that let the model write: answers are cut off after this many tokens. null: 96."""
    against: str | None = None
    """For kinds that compare two suites: the earlier suite, which asks about the same items in clean text."""
    retained: bool = False
    """Whether a lower score than the base model means forgetting. If so, the suite counts as retention."""
    column: Column
    """What the suite measures, which decides where the board shows it. Only `score` ranks."""

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if bool(self.views) == bool(self.questions):
            raise ValueError("give either `views` or `questions`")
        return self
