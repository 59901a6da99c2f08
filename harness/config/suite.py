"""One suite = one file: `data/suites/<suite>.yaml`, what a model is scored on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.config.strict import StrictModel


class Suite(StrictModel):
    """A set of questions and the rule by which answers are scored."""

    title: str
    summary: str
    kind: str
    """Name of the module in harness/scoring/kinds/ that scores it."""
    version: int = Field(ge=1)
    """Raise it when the questions or the rule change: old and new scores are never ranked together."""
    view: str
    """The view of the domain that holds the items."""
    items: int | None = Field(default=None, gt=0)
    """At most this many test items; null for all."""
    metric: str
    """The metric shown on the board, one of those the kind computes."""
    max_new_tokens: int | None = Field(default=None, gt=0)
    """For kinds that let the model write: an answer is cut off after this many tokens. null: 96."""
    column: Literal["score", "hallucination", "safety", "retention"]
    """Where on the board it stands."""
