"""What comes of a task that other harnesses define: of lm-eval or MTEB, asked for by its own name."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.records.run_record import Metric
from harness.scoring.contract import Sample

UNAVAILABLE = "unavailable: "
"""How the reason begins where the task itself, or its data, cannot be had; what follows is one line."""


@dataclass(frozen=True)
class Official:
    """One task's result, or why there is none."""

    metric: str = ""
    """The task's own main metric; empty where the task is not known."""
    metrics: dict[str, Metric] = field(default_factory=dict)
    """Empty if there is a reason."""
    samples: list[Sample] = field(default_factory=list)
    """Those whose mean of `correct` is the main metric; empty where it is no such mean."""
    version: str = ""
    """Of the package and of the task's data: results of different versions are not compared."""
    reason: str | None = None
    """Why there are no metrics."""
