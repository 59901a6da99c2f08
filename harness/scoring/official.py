"""The result of a task that lm-eval or MTEB defines."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.records.run_record import Metric
from harness.scoring.contract import Sample

UNAVAILABLE = "unavailable: "
"""Beginning of the reason where the task itself or its data are not available; one line follows."""


@dataclass(frozen=True)
class Official:
    """The result of one task, or the reason why there is none."""

    metric: str = ""
    """The task's main metric; empty if the task is unknown."""
    metrics: dict[str, Metric] = field(default_factory=dict)
    """Name -> value; empty if there is a reason."""
    samples: list[Sample] = field(default_factory=list)
    """One result per item, whose mean of `correct` is the main metric; empty if the main metric is not such a mean."""
    version: str = ""
    """Version of the package and of the task's data. Results of different versions are not compared."""
    reason: str | None = None
    """Why there are no metrics."""
