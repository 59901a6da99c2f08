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
from harness.scoring.metric_spec import MetricSpec

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
    """The item's part of the suite's metric, from 0 to 1 unless the metric is in nats. Paired statistics compare these
    values."""
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
    """The domain that the questions are about, for kinds with `reads_domain`; null for other kinds, and for suites with
    questions of their own or about other domains."""
    seed: int = 0
    """For kinds that draw at random; the same for every run, so that all runs get the same questions."""


class SuiteKind(ABC):
    """One way to ask questions and to score the answers: one file `harness/scoring/kinds/<kind>.py`, one subclass.

    The life of a suite `data/suites/<suite>.yaml` with `kind: <kind>`:

        questions --can_ask--> SuiteRun --ask--> SuiteResult (a Sample per question) --aggregate--> {metric: value}

    `ask` is the only step that needs the model. It gives one `Sample` per question, whose `correct` (mostly 0 to 1) is
    the question's part of the metric that the suite ranks by; intervals and paired differences are computed from these.
    `aggregate` gives every declared metric, whichever of them the suite shows, so that another suite can show others
    without asking again. `RunFailed` raised by `ask` becomes an empty cell of the board with its reason; every other
    exception is a bug and stops the stage.

    Two bases do most of the work: `ChoosingKind` (kinds/_choosing.py) picks the likeliest of a question's choices,
    `WritingKind` (kinds/_writing.py) lets the model write and grades each answer. A kind of questions about the objects
    in a picture (POPE) that also counts how often the model says yes would be:

        class Objects(ChoosingKind):
            asks = frozenset({"text"})
            metrics: ClassVar = {
                "accuracy": ACCURACY,
                "yes": MetricSpec(explanation="Share of questions answered with yes.", better=None),
            }

            def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
                samples = asked.samples
                said_yes = mean([float(sample.answer == "Yes") for sample in samples])
                return {"accuracy": mean([sample.correct for sample in samples]), "yes": said_yes}

    A kind that compares with an earlier suite of the same run (`against:` in the YAML) finds that suite's scores in
    `SuiteRun.clean`; one that compares with the pretrained model finds it in `SuiteRun.base`. Questions that belong to
    the suite and not to a domain come from a module in harness/suites/sets/.
    """

    asks: ClassVar[frozenset[str]]
    """Abilities of models (harness/models/loaded.py), of which a model needs at least one: `text`, `labels`,
    `embeddings`, or `heads` for a label classifier that was trained on the very views that the suite asks."""
    metrics: ClassVar[Mapping[str, MetricSpec]]
    """Every metric that `aggregate` gives, by name. Boards, checks and the protocol hash read these declarations, so
    that no other list of names has to be edited."""
    reads_domain: ClassVar[bool] = False
    """Whether `ask` or `aggregate` reads `SuiteRun.domain`. Only then is it filled, and only then does another view of
    the domain make a kept result invalid (harness/scoring/kept/)."""
    row: ClassVar[type[Row]] = Question
    """The class of rows that its views hold, and so the class of `SuiteRun.questions`."""
    generates: ClassVar[bool] = False
    """Whether the model writes text, so that a suite may set `max_new_tokens`."""
    judges_answers: ClassVar[bool] = True
    """Whether `Sample.correct` of 1 means a right answer. False for kinds that look at something else: the form of an
    answer, its words, its agreement with the base model."""
    lacking: ClassVar[str] = ""
    """What the questions lack that `can_ask` refuses: `several different answers to choose from`. The board prints it
    as the reason for missing questions."""

    def can_ask(self, question: Any) -> bool:
        """Whether the question has what this kind needs. Other questions are left out and counted."""
        return True

    @abstractmethod
    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """Ask the model every question of `run.questions`; samples come in the order of the questions.

        Raises:
            RunFailed: the suite does not fit this model; the message is the reason shown on the board.
        """

    @abstractmethod
    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """The value of every metric in `metrics`; a pure function of what `ask` returned.

        A metric is null (`value=None`) where it is a share of something that did not occur.
        """

    def is_right(self, answer: str, *, correct: float, question: Any) -> bool | None:
        """Whether the answer of a sample is right, for people who read samples; null if this cannot be told.

        The default: `correct` is 1 or 0. Override it where `correct` measures whether the model abstained or something
        else. `question` is null if the data is not prepared here.
        """
        return {0.0: False, 1.0: True}.get(correct) if self.judges_answers else None


def get_kind(name: str) -> SuiteKind:
    """The kind that harness/scoring/kinds/<name>.py defines.

    Raises:
        ConfigError: the module does not define exactly one kind.
    """
    module = importlib.import_module(f"harness.scoring.kinds.{name}")
    kind: SuiteKind = only_subclass(module, SuiteKind)()  # type: ignore[type-abstract]
    return kind
