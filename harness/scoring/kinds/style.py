"""Does the model follow instructions about the form of its answer?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from harness.items.rows import Question
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds._writing import WritingKind
from harness.scoring.measures.failed_answers import DEGENERATE, EMPTY, UNFINISHED
from harness.scoring.metric_spec import MetricSpec
from harness.suites.checks.contract import Check
from harness.suites.checks.loose import holds_loosely
from harness.suites.checks.registry import parse_check
from harness.suites.sets.style import StyleQuestion

GRADES: Mapping[str, Callable[[str, Sequence[Check]], float]] = {
    "strict": lambda answer, checks: float(all(check.holds(answer) for check in checks)),
    "loose": lambda answer, checks: float(all(holds_loosely(check, answer) for check in checks)),
    "instruction": lambda answer, checks: sum(check.holds(answer) for check in checks) / len(checks),
}
"""Metric -> its value for one answer, from 0 to 1."""


class Style(WritingKind):
    """Controlled behaviour: instructions about length, form, words and language that code can check.

    `strict`: all checks of the instruction hold. `loose`: they hold for the answer, or for the answer without its first
    line, its last line or its asterisks. `instruction`: the share of an instruction's checks that hold. (IFEval's
    metric of that name is the share of all checks; here an instruction with two checks weighs as much as one with one.)
    The content of an answer is not looked at, so a lazy or endless answer may follow the instruction: read `degenerate`
    and `unfinished` too. Unfinished answers are checked as far as they go. An empty answer follows no instruction. A
    model without a chat template stops at a blank line, so it cannot write two paragraphs.

    Source: IFEval (Zhou et al. 2023, arXiv 2311.07911).
    """

    metrics: ClassVar = {
        "strict": MetricSpec(
            explanation="Share of instructions whose answer follows every rule.", averaged_over="items"
        ),
        "loose": MetricSpec(
            explanation="Share of instructions whose answer follows every rule, also if only without its first line, "
            "its last line or Markdown emphasis.",
            averaged_over="items",
        ),
        "instruction": MetricSpec(
            explanation="Share of an instruction's rules that the answer follows, as the mean over instructions.",
            averaged_over="items",
        ),
        "empty": EMPTY,
        "degenerate": DEGENERATE,
        "unfinished": UNFINISHED,
    }
    judges_answers = False
    lacking = "rules that code can check"

    def can_ask(self, question: Question) -> bool:
        """Whether the question has at least one check."""
        return bool(checks_of(question))

    def grade(self, metric: str, answer: str, *, question: Question, run: SuiteRun) -> float:
        """By the checks of the instruction."""
        return GRADES[metric](answer, checks_of(question))


def checks_of(question: Question) -> list[Check]:
    """All checks of an instruction; an empty list for other questions.

    Raises:
        DataError: a check is unknown or has a wrong argument.
    """
    texts = question.checks if isinstance(question, StyleQuestion) else ()
    return [parse_check(text, where=question.id) for text in texts]
