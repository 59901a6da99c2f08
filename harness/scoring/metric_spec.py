"""What must be known about a metric: its unit, which direction is better, what it says in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.display.metrics import Unit


@dataclass(frozen=True, kw_only=True)
class MetricSpec:
    """The declaration of one metric, made once, beside the code that computes it.

    Kinds of suites that compute the same metric share one declaration, since boards explain a metric by its name.
    """

    explanation: str
    """One sentence for a practitioner: `Share of questions answered with the right choice.`"""
    version: int = 1
    """Version of the rule, a part of the protocol hash. Raise it when the rule changes: old and new scores are then
    never ranked together."""
    unit: Unit = "share"
    """How boards write the value."""
    better: Literal["higher", "lower"] | None = "higher"
    """Null where neither direction is better, as for a bias score, which is best at 0."""
    signed: bool = False
    """Whether boards write a plus sign, because values below 0 mean the opposite of values above 0."""
    averaged_over: Literal["items", "gold_answers", "pairs"] | None = None
    """How the metric follows from `Sample.correct` in a suite that ranks by it:

    - `items`: the mean over items.
    - `gold_answers`: the mean over gold answers of the mean of their items (balanced accuracy).
    - `pairs`: the share of pairs of items with different gold answers that are in the right order (AUC). `correct` is
      the share of an item's own pairs, so the mean over gold answers of the mean of their items is the metric again.
    - null: not at all, because it is a figure of all items together, or of some of them. Such a metric has no interval
      and no paired difference."""
    caution: str = ""
    """A warning that boards print once below their metrics, if one of them has it."""

    @property
    def per_item(self) -> bool:
        """Whether each sample carries the item's part of the metric."""
        return self.averaged_over is not None

    @property
    def bounded(self) -> bool:
        """Whether the metric and the `correct` of its samples lie from 0 to 1."""
        return self.unit != "nats"

    @property
    def cannot_rank(self) -> str | None:
        """Why no suite can rank recipes by this metric; null where one can."""
        if self.better == "higher":
            return None
        return "lower is better" if self.better == "lower" else "neither a high nor a low value is better"

    def cannot_lead(self, column: str) -> str | None:
        """Why a suite in this column of the board cannot have the metric as its first; null where it can.

        Only the column `score` ranks recipes. Elsewhere a lower value may be the better one.
        """
        if column != "score" and self.better == "lower" and self.per_item:
            return None
        return self.cannot_rank


UNDECLARED = MetricSpec(explanation="", averaged_over="items")
"""For the metrics of official tasks, which lm-eval and MTEB define: a share, of which more is better."""
