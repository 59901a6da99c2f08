"""One suite = one file: `data/suites/<suite>.yaml`, what a model is scored on."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from harness.config.strict import StrictModel

Column = Literal["score", "hallucination", "safety", "style", "retention", "embedding"]
"""What a suite tells about, and so where on the board it stands."""


class Suite(StrictModel):
    """A set of questions and the rule by which answers are scored. Either `views` or `questions` says what is asked."""

    title: str
    summary: str
    kind: str
    """Name of the module in harness/scoring/kinds/ that scores it."""
    version: int = Field(ge=1)
    """Raise it when the questions or the rule change: old and new scores are never ranked together."""
    views: list[str] = []
    """The views of the domain that hold the items."""
    questions: str | None = None
    """Name of the module in harness/suites/sets/ that makes the suite's own questions, the same for every domain."""
    items: int | None = Field(default=None, gt=0)
    """At most this many test items, of each view; null for all."""
    metric: str
    """The metric shown on the board, one of those the kind computes."""
    also: list[str] = []
    """Further metrics shown beside it."""
    max_new_tokens: int | None = Field(default=None, gt=0)
    """For kinds that let the model write: an answer is cut off after this many tokens. null: 96."""
    against: str | None = None
    """For kinds that compare: an earlier suite, whose results of the same items are the clean ones."""
    retained: bool = False
    """Whether a fall against the base model is something forgotten: then it counts as retention."""
    column: Column

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if bool(self.views) == bool(self.questions):
            raise ValueError("give either `views` or `questions`")
        return self
