"""When the model writes freely, does it write a label, decline, or write something else?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.free_text import graded
from harness.scoring.asking.multiple_choice import CHOICES, can_choose
from harness.scoring.contract import SuiteKind, SuiteResult, SuiteRun
from harness.scoring.detectors.refusal import refuses
from harness.scoring.measures.accuracy import ACCURACY
from harness.scoring.measures.failed_answers import EMPTY, is_empty
from harness.scoring.measures.mean import mean
from harness.scoring.metric_spec import MetricSpec
from harness.suites.sets.out_of_scope import DECLINE, IN

LABEL, DECLINED, NO_LABEL = "label", "declined", "no label"
EDGES = " \t\"'`*.,:;!"
"""Marks around an answer that do not count."""


class WrittenLabel(SuiteKind):
    """Freely written answers to questions whose answers are labels, sorted into three.

    A label: the first line is one of the labels, whatever its case and the marks around it. Declined: the answer
    begins with "none" or as a refusal does (`refuses`). No label: everything else, such as a whole sentence, or a label
    that does not exist. A label inside a sentence is no label: a program that reads the answers would have to search
    for it. `accuracy` counts the right label, or declining where that is right.

    Of the questions of `out_of_scope`, some are about texts outside the domain; the metrics of these are null for other
    questions.
    """

    asks = frozenset({"text"})
    generates: ClassVar = True
    metrics: ClassVar = {
        "accuracy": ACCURACY,
        "label_inside": MetricSpec(
            explanation="Share of freely written answers about the domain's own items that are one of its labels. The "
            "others decline, or are no label at all."
        ),
        "no_label_inside": MetricSpec(
            explanation="Share of freely written answers about the domain's own items that neither are a label nor "
            "decline.",
            better="lower",
        ),
        "label_outside": MetricSpec(
            explanation="Share of freely written answers about texts outside the domain that are one of its labels.",
            better="lower",
        ),
        "declined_outside": MetricSpec(
            explanation="Share of freely written answers about texts outside the domain that decline."
        ),
        "no_label_outside": MetricSpec(
            explanation="Share of freely written answers about texts outside the domain that neither are a label nor "
            "decline.",
            better=None,
        ),
        "empty": EMPTY,
    }
    lacking: ClassVar = CHOICES

    def can_ask(self, question: Question) -> bool:
        """Whether the question has different choices, the right answer among them (`can_choose`)."""
        return can_choose(question)

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`answer` is what was written; `correct` is 1 for the right label, and for declining where that is right."""
        return graded(model, run, lambda answer, question: float(self._is_right(answer, question)))

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """A share of texts of which there are none is null."""
        inside: list[str] = []
        outside: list[str] = []
        for sample, question in zip(asked.samples, run.questions, strict=True):
            kept = inside if getattr(question, "kind", IN) == IN else outside
            kept.append(sort_of(sample.answer, question.choices))
        return {
            "accuracy": mean([sample.correct for sample in asked.samples]),
            "label_inside": _share(inside, LABEL),
            "no_label_inside": _share(inside, NO_LABEL),
            "label_outside": _share(outside, LABEL),
            "declined_outside": _share(outside, DECLINED),
            "no_label_outside": _share(outside, NO_LABEL),
            "empty": mean([is_empty(sample.answer) for sample in asked.samples]),
        }

    @staticmethod
    def _is_right(answer: str, question: Question) -> bool:
        if question.answer == DECLINE:
            return sort_of(answer, question.choices) == DECLINED
        return _line(answer) == question.answer.casefold()


def sort_of(answer: str, choices: Sequence[str]) -> str:
    """`label`, `declined` or `no label`. `choices`: the labels, and the answer that declines where there is one."""
    line = _line(answer)
    if line in {choice.casefold() for choice in choices if choice != DECLINE}:
        return LABEL
    return DECLINED if line.split(" ")[0] == "none" or refuses(answer) else NO_LABEL


def _line(answer: str) -> str:
    """The first line in lower case, without the marks around it."""
    return answer.strip().partition("\n")[0].strip(EDGES).casefold()


def _share(sorts: Sequence[str], wanted: str) -> Metric:
    return mean([float(one == wanted) for one in sorts])
