"""The contract of a kind of suite: which models it can score, how it asks them, which metrics it computes."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from harness.discovery import only_subclass
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question, Row
from harness.models.loaded import LanguageModel, LoadedModel
from harness.records.run_record import Metric

MAX_NEW_TOKENS = 96
"""Default of a suite's `max_new_tokens`: about 70 English words."""


@dataclass(frozen=True)
class Sample:
    """One item's result: the columns of samples.parquet, except those that name run, suite and domain."""

    item_id: str
    cluster: str
    gold: str
    answer: str
    correct: float
    """The item's share in the suite's metric, from 0 to 1. Paired statistics compare these values."""
    log_odds: float | None = None
    gold_loglikelihood: float | None = None
    loglikelihoods: tuple[float, ...] | None = None


@dataclass(frozen=True)
class SuiteResult:
    """The results of one suite."""

    samples: list[Sample]
    """One result per question, in the order of the questions."""
    truncated: int = 0
    """Number of prompts that were cut on the left to fit the model."""
    unfinished: int = 0
    """Number of answers that were cut off at `max_new_tokens`."""
    figures: Mapping[str, Metric] = field(default_factory=dict)
    """Metrics that cannot be computed from the samples, such as measures of all items together."""


@dataclass(frozen=True)
class SuiteRun:
    """One suite on one domain, ready to be asked."""

    suite: str
    view: str
    """View of the domain; empty for other questions, which get no few-shot examples."""
    questions: Sequence[Any]
    """Rows of the kind's `row`."""
    batch_size: int
    metric: str
    """The suite's metric. It decides what `Sample.correct` is, where a kind has several metrics."""
    max_new_tokens: int = MAX_NEW_TOKENS
    english: bool = False
    """Whether answers are in English: then articles are ignored and words are stemmed."""
    clean: Mapping[str, float] = field(default_factory=dict)
    """Item id -> `correct` in the suite that `against` names."""
    base: Callable[[], LanguageModel] | None = None
    """Loads the pretrained model that the run started from; null if that is not a language model."""
    domain: PreparedDomain | None = None
    """The domain that the questions are about, for kinds that read further views of it; null for suites with questions
    of their own or about other domains."""
    seed: int = 0
    """For kinds that draw at random; the same for every run, so that all runs get the same questions."""


class SuiteKind(ABC):
    """A rule by which answers are scored."""

    asks: ClassVar[frozenset[str]]
    """Abilities of models (harness/models/loaded.py), of which a model needs at least one: `text`, `labels`,
    `embeddings`, or `heads` for a label classifier that was trained on the very views that the suite asks."""
    metrics: ClassVar[Mapping[str, int]]
    """Names it computes, of which a suite shows one -> version of the rule, to be raised when the rule changes: it is
    part of the protocol hash."""
    row: ClassVar[type[Row]] = Question
    """The kind of row that its views and `SuiteRun.questions` hold."""
    generates: ClassVar[bool] = False
    """Whether the model writes answers, so that `max_new_tokens` applies."""
    lacking: ClassVar[str] = ""
    """What is missing in questions that `can_ask` refuses, for messages."""

    def can_ask(self, question: Any) -> bool:
        """Whether the question has what this kind needs. Other questions are left out, and their number is reported."""
        return True

    @abstractmethod
    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """Ask the model every question."""

    @abstractmethod
    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """All metrics, computed from the results of `ask` alone."""


def get_kind(name: str) -> SuiteKind:
    """The kind defined in harness/scoring/kinds/<name>.py.

    Raises:
        ConfigError: the module does not define exactly one kind.
    """
    module = importlib.import_module(f"harness.scoring.kinds.{name}")
    kind: SuiteKind = only_subclass(module, SuiteKind)()  # type: ignore[type-abstract]
    return kind
