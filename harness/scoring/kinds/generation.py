"""How near is what the model writes to the right answer?"""

from __future__ import annotations

from typing import ClassVar

from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.free_text import graded
from harness.scoring.contract import SuiteKind, SuiteResult, SuiteRun
from harness.scoring.measures.text_metrics import ITEM_METRICS, chrf_corpus

BEHIND = {"chrf_corpus": "chrf", "unfinished": "empty"}
"""Metrics of all items at once -> what stands in a sample where a suite shows them."""


class Generation(SuiteKind):
    """Free text against the right answers: words, longest common subsequence, characters.

    None of these sees whether an answer is *true*: a right answer in other words scores low, a wrong one in the same
    words high. Compare recipes by them, do not read them as shares of right answers. `empty`, `garbled`, `degenerate`
    and `unfinished` are shares of answers that are no answer: nothing but special tokens, bytes that are no text, the
    same over and over, text that went on until it was cut off. Such answers are scored like all others.
    """

    asks = frozenset({"text"})
    metrics: ClassVar = {**dict.fromkeys(ITEM_METRICS, 1), "chrf_corpus": 1, "unfinished": 1}
    generates = True

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`correct` is the item's value of the suite's metric."""
        metric = ITEM_METRICS[BEHIND.get(run.metric, run.metric)]
        return graded(model, run, lambda answer, question: metric(answer, right_answers(question), english=run.english))

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """Means over items, and chrF with n-grams counted over all items."""
        n = len(asked.samples)
        answers = [sample.answer for sample in asked.samples]
        right = [right_answers(question) for question in run.questions]
        values = {
            name: sum(metric(*pair, english=run.english) for pair in zip(answers, right, strict=True)) / n
            for name, metric in ITEM_METRICS.items()
        }
        values |= {"chrf_corpus": chrf_corpus(answers, right), "unfinished": asked.unfinished / n}
        return {name: Metric(value=value, n=n) for name, value in values.items()}


def right_answers(question: Question) -> list[str]:
    """The answer and its further references."""
    return [question.answer, *question.references]
