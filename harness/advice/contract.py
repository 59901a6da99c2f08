"""What `harness advise` answers, as `--json` prints it. Scores and differences are fractions; null: not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.advice.answer.experiment import Experiment
from harness.advice.evidence.domain_profile import Likeness

Place = Literal["choice", "runner-up", "tied", "behind", "excluded", "not compared", "reference"]
Basis = Literal["own rows", "other domains", "nothing"]


@dataclass(frozen=True)
class Line:
    """One recipe of the advice."""

    recipe: str
    title: str
    place: Place
    score: float
    """Own rows: the score that ranks. Other domains: the expected gain over the reference."""
    low: float | None
    high: float | None
    cost: float | None
    """In the currency of the price table; null also where it does not compare."""
    cost_factor: float
    """The cost may be this many times more or less; 1: measured."""
    memory_mb: float | None
    latency_ms: float | None
    retention: float | None
    over_refusal: float | None
    seeds: tuple[int, ...]
    reasons: tuple[str, ...] = ()
    """Limits that it breaks."""
    stale: str | None = None


@dataclass(frozen=True)
class Advice:
    """The whole answer."""

    domain: str
    basis: Basis
    choice: str | None
    runner_up: str | None
    abstained: str | None
    """Why there is no choice; null if there is one."""
    because: str
    """The ground of the choice in one sentence; empty without a choice."""
    tied: tuple[str, ...]
    """Recipes that count as good as the best, cheapest first: they cannot be told from it, or, without own rows, they
    are expected to be at most the equivalence margin behind it."""
    lines: tuple[Line, ...]
    """Every recipe that was looked at: the choice first."""
    flips: tuple[str, ...]
    experiment: Experiment | None
    similarity: tuple[Likeness, ...]
    """How alike the measured domains are; empty for advice from own rows."""
    metric: str | None
    currency: str
    rules: str
    """Hash of the code that makes the advice."""
    notes: tuple[str, ...]

    def line_of(self, recipe: str) -> Line:
        """The line of a recipe of the advice."""
        return next(line for line in self.lines if line.recipe == recipe)
