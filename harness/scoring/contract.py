"""What a kind of suite must offer: which models it can ask, how it asks, what it counts."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.discovery import only_subclass
from harness.domains.items import Question
from harness.models.loaded import LoadedModel
from harness.store.records import Metric


@dataclass(frozen=True)
class Sample:
    """One item's result; the columns of samples.parquet without the run's own."""

    item_id: str
    cluster: str
    gold: str
    answer: str
    correct: float
    log_odds: float | None = None
    gold_loglikelihood: float | None = None
    loglikelihoods: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Asked:
    """What asking a suite gave."""

    samples: list[Sample]
    """Every question's result, in the order of the questions."""
    truncated: int = 0
    """Prompts cut on the left to fit the model."""


@dataclass(frozen=True)
class SuiteRun:
    """One suite on one domain, ready to be asked."""

    suite: str
    view: str
    questions: Sequence[Question]
    batch_size: int


class SuiteKind(ABC):
    """A rule by which answers are scored."""

    asks: ClassVar[frozenset[str]]
    """Abilities of models (`text`, `labels`, `embeddings`) of which one is enough."""
    metrics: ClassVar[tuple[str, ...]]
    """Names it computes; a suite shows one of them."""
    metric_version: ClassVar[int] = 1
    """Raise it when the rule changes: it is part of the protocol hash."""

    @abstractmethod
    def ask(self, model: LoadedModel, run: SuiteRun) -> Asked:
        """Put every question to the model."""

    @abstractmethod
    def aggregate(self, samples: Sequence[Sample]) -> dict[str, Metric]:
        """All metrics; a pure function of the samples."""


def get_kind(name: str) -> SuiteKind:
    """The kind defined in harness/scoring/kinds/<name>.py.

    Raises:
        ConfigError: the module does not define exactly one kind.
    """
    module = importlib.import_module(f"harness.scoring.kinds.{name}")
    kind: SuiteKind = only_subclass(module, SuiteKind)()  # type: ignore[type-abstract]
    return kind
