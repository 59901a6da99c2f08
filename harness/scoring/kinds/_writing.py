"""The base of kinds that let the model write and grade each answer by itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.free_text import graded
from harness.scoring.contract import SuiteKind, SuiteResult, SuiteRun
from harness.scoring.measures.failed_answers import FAILURES
from harness.scoring.measures.mean import mean


class WritingKind(SuiteKind):
    """Metrics are means over answers, but for those of all answers together (`figures`).

    The base computes the metrics of failed answers (`empty`, `garbled`, `degenerate`, `unfinished`) for kinds that
    declare them.
    """

    asks: ClassVar = frozenset({"text"})
    generates: ClassVar = True
    raw: ClassVar[bool] = False
    """Whether the model continues the bare prompt, without chat template, solved examples and stop texts."""
    in_samples: ClassVar[Mapping[str, str]] = {}
    """A metric of all answers together -> the metric that samples hold where a suite ranks by it."""

    @abstractmethod
    def grade(self, metric: str, answer: str, *, question: Question, run: SuiteRun) -> float:
        """The value of one of the kind's own metrics for one answer, from 0 to 1."""

    def figures(self, asked: SuiteResult, run: SuiteRun) -> dict[str, float]:
        """The metrics of all answers together, which no single answer has."""
        return {}

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`correct` is the answer's value of the metric that the suite ranks by."""
        metric = self.in_samples.get(run.metric, run.metric)
        return graded(model, run, lambda answer, question: self._grade(metric, answer, question, run), raw=self.raw)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """Every metric, whichever of them the suite ranks by."""
        answered = list(zip(run.questions, asked.samples, strict=True))
        means = {
            name: mean([self._grade(name, sample.answer, question, run) for question, sample in answered])
            for name, spec in self.metrics.items()
            if spec.per_item
        }
        n = len(answered)
        whole = self.figures(asked, run)
        if "unfinished" in self.metrics:
            whole["unfinished"] = asked.unfinished / n
        return means | {name: Metric(value=value, n=n) for name, value in whole.items()}

    def _grade(self, metric: str, answer: str, question: Question, run: SuiteRun) -> float:
        if metric in FAILURES:
            return FAILURES[metric](answer)
        return self.grade(metric, answer, question=question, run=run)
