"""Does the model keep to instructions about the form of its answer?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.free_text import graded
from harness.scoring.contract import SuiteKind, SuiteResult, SuiteRun
from harness.scoring.detectors.degenerate import degenerate
from harness.suites.checks.contract import Check
from harness.suites.checks.loose import holds_loosely
from harness.suites.checks.registry import parse_check
from harness.suites.sets.style import StyleQuestion

ItemMetric = Callable[[str, Sequence[Check]], float]

ITEM_METRICS: Mapping[str, ItemMetric] = {
    "strict": lambda answer, checks: float(all(check.holds(answer) for check in checks)),
    "loose": lambda answer, checks: float(all(holds_loosely(check, answer) for check in checks)),
    "instruction": lambda answer, checks: sum(check.holds(answer) for check in checks) / len(checks),
    "empty": lambda answer, checks: float(not answer.strip()),
    "degenerate": lambda answer, checks: float(degenerate(answer)),
}
"""Of one answer, from 0 to 1."""
BEHIND = {"unfinished": "empty"}
"""A metric of all items at once -> what stands in a sample where a suite shows it."""


class Style(SuiteKind):
    """Controlled behaviour: instructions about length, form, words and language, whose keeping code checks.

    `strict`: all checks of the instruction hold. `loose`: they hold for the answer, or for it without its first line,
    its last line or its asterisks. `instruction`: the share of an instruction's checks that hold; IFEval's metric of
    that name is the share of all checks, here an instruction with two checks weighs as much as one with one. What an
    answer says is not looked at, so a lazy or endless answer may keep a rule: see `degenerate` and `unfinished`, the
    shares of answers that say the same over and over, and of those that were cut off, which are checked as far as they
    go. An empty answer keeps no rule. A model without a chat template is stopped at a blank line, so that it cannot
    write two paragraphs.

    Source: IFEval (Zhou et al. 2023, arXiv 2311.07911).
    """

    asks = frozenset({"text"})
    metrics: ClassVar = {**dict.fromkeys(ITEM_METRICS, 1), "unfinished": 1}
    generates = True
    lacking = "rules that code can check"

    def can_ask(self, question: Question) -> bool:
        """With at least one check."""
        return bool(checks_of(question))

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`correct` is the item's value of the suite's metric."""
        metric = ITEM_METRICS[BEHIND.get(run.metric, run.metric)]
        return graded(model, run, lambda answer, question: metric(answer, checks_of(question)))

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """Means over instructions, whichever of them the suite shows."""
        n = len(asked.samples)
        values = dict.fromkeys(ITEM_METRICS, 0.0)
        for sample, question in zip(asked.samples, run.questions, strict=True):
            for name, metric in ITEM_METRICS.items():
                values[name] += metric(sample.answer, checks_of(question)) / n
        return {
            name: Metric(value=value, n=n) for name, value in {**values, "unfinished": asked.unfinished / n}.items()
        }


def checks_of(question: Question) -> list[Check]:
    """All checks of an instruction; none for other questions.

    Raises:
        DataError: one is unknown or has a wrong argument.
    """
    texts = question.checks if isinstance(question, StyleQuestion) else ()
    return [parse_check(text, where=question.id) for text in texts]
