"""How the board judges, and which suites it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.evidence.resampling import Resampling

if TYPE_CHECKING:
    from harness.config.project import Project
    from harness.config.suite import Suite

REFERENCE = "baseline/zero_shot"
"""What every difference is taken against: the base model as it is."""


@dataclass(frozen=True)
class Settings:
    """How the board judges."""

    resampling: Resampling
    margin: float
    """Differences smaller than this do not matter."""
    suites: Mapping[str, Suite] = field(default_factory=dict)
    """Those in use, in their order: where several share a column of the board, the first shows that the domain has
    questions for."""

    @classmethod
    def of(cls, project: Project) -> Settings:
        """What params.yaml and the suites say.

        Raises:
            ConfigError: a suite's file is missing or wrong.
        """
        scoring = project.params.scoring
        return cls(
            resampling=Resampling(confidence=scoring.confidence, resamples=scoring.resamples),
            margin=scoring.equivalence_margin,
            suites={name: project.suite(name) for name in project.params.suites},
        )
