"""What a kind of suite must offer: which models it can ask, how it asks, what it counts."""

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
"""Where a suite says nothing else: about 70 English words."""


@dataclass(frozen=True)
class Sample:
    """One item's result; the columns of samples.parquet without the run's own."""

    item_id: str
    cluster: str
    gold: str
    answer: str
    correct: float
    """From 0 to 1: the item's share in the suite's metric, which is what paired statistics compare."""
    log_odds: float | None = None
    gold_loglikelihood: float | None = None
    loglikelihoods: tuple[float, ...] | None = None


@dataclass(frozen=True)
class SuiteResult:
    """What asking a suite gave."""

    samples: list[Sample]
    """Every question's result, in the order of the questions."""
    truncated: int = 0
    """Prompts cut on the left to fit the model."""
    unfinished: int = 0
    """Answers cut off at `max_new_tokens`."""
    figures: Mapping[str, Metric] = field(default_factory=dict)
    """What only the asking shows, such as measures of all items at once."""


@dataclass(frozen=True)
class SuiteRun:
    """One suite on one domain, ready to be asked."""

    suite: str
    view: str
    """Of the domain; empty for questions of other domains and of none, before which no solved examples stand."""
    questions: Sequence[Any]
    """Rows of the kind's `row`."""
    batch_size: int
    metric: str
    """The suite's own, which decides what of a sample is `correct` where a kind has several."""
    max_new_tokens: int = MAX_NEW_TOKENS
    english: bool = False
    """Whether answers are English: then articles do not count and words are stemmed."""
    clean: Mapping[str, float] = field(default_factory=dict)
    """Item id -> `correct` in the suite that this one is `against`."""
    base: Callable[[], LanguageModel] | None = None
    """Loads the pretrained model that the run stands on; null for runs that stand on no language model."""
    domain: PreparedDomain | None = None
    """The domain that is asked about, for kinds that read further views of it; null for suites with questions of their
    own or of other domains."""
    seed: int = 0
    """For kinds that draw: the same for every run, so that all are asked the same."""


class SuiteKind(ABC):
    """A rule by which answers are scored."""

    asks: ClassVar[frozenset[str]]
    """Abilities of models (`text`, `labels`, `embeddings`) of which one is enough; `heads`: of a label classifier that
    was trained on the very views which the suite asks."""
    metrics: ClassVar[Mapping[str, int]]
    """Names it computes, of which a suite shows one -> version of the rule, to be raised when the rule changes: it is
    part of the protocol hash."""
    row: ClassVar[type[Row]] = Question
    """What its views hold; where it is not `Question`, `SuiteRun.questions` holds these."""
    generates: ClassVar[bool] = False
    """Whether the model writes, so that `max_new_tokens` has a meaning."""
    lacking: ClassVar[str] = ""
    """What questions that `can_ask` refuses do not have."""

    def can_ask(self, question: Any) -> bool:
        """Whether the question has what this kind needs; others are left out and counted."""
        return True

    @abstractmethod
    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """Put every question to the model."""

    def is_right(self, answer: str, *, correct: float, question: Any) -> bool | None:
        """Whether an answer itself is right, for people who read the samples; null where the rule cannot tell.

        Override it where `correct` measures something else. `question` is null where the data is not prepared.
        """
        return {0.0: False, 1.0: True}.get(correct)

    @abstractmethod
    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """All metrics; a pure function of what `ask` gave."""


def get_kind(name: str) -> SuiteKind:
    """The kind defined in harness/scoring/kinds/<name>.py.

    Raises:
        ConfigError: the module does not define exactly one kind.
    """
    module = importlib.import_module(f"harness.scoring.kinds.{name}")
    kind: SuiteKind = only_subclass(module, SuiteKind)()  # type: ignore[type-abstract]
    return kind
