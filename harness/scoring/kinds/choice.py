"""Which of a few long answers does the model find most likely?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from harness.domains.rows import Question
from harness.models.loaded import LoadedModel
from harness.scoring.contract import Asked, SuiteKind, SuiteRun
from harness.scoring.multiple_choice import choose, likeliest
from harness.store.records import Metric

NORMALIZED = "accuracy_norm"


class Choice(SuiteKind):
    """Accuracy of the likeliest answer, where each question has answers of its own.

    Every further word makes a text less likely, so by plain likelihood the shortest answer mostly wins.
    `accuracy_norm` compares likelihood per UTF-8 byte (`acc_bytes` of lm-eval), which does not depend on the
    tokenizer; `accuracy` compares plain likelihoods. Label classifiers are not asked: these answers are no labels.
    """

    asks = frozenset({"text"})
    metrics: ClassVar = {NORMALIZED: 1, "accuracy": 1}
    lacking = "several answers to choose from"

    def can_ask(self, question: Question) -> bool:
        """With the right answer and at least one other among its choices."""
        return question.answer in question.choices and len(set(question.choices)) > 1

    def ask(self, model: LoadedModel, run: SuiteRun) -> Asked:
        """The answer is the choice that the suite's metric prefers; the first of equals."""
        normalize = run.metric == NORMALIZED
        return choose(model, run, lambda question, row: chosen(question, row, normalize=normalize))

    def aggregate(self, asked: Asked, run: SuiteRun) -> dict[str, Metric]:
        """Both over all items, whichever of them the suite shows."""
        n = len(asked.samples)
        right = dict.fromkeys(self.metrics, 0)
        for sample, question in zip(asked.samples, run.questions, strict=True):
            for name in right:
                row = sample.loglikelihoods or ()
                right[name] += chosen(question, row, normalize=name == NORMALIZED) == question.answer
        return {name: Metric(value=count / n, n=n) for name, count in right.items()}


def chosen(question: Question, loglikelihoods: Sequence[float], *, normalize: bool) -> str:
    """The likeliest choice, as a whole or per byte."""
    if not normalize:
        return likeliest(question, loglikelihoods)
    sizes = [max(len(choice.encode()), 1) for choice in question.choices]
    return likeliest(question, [value / size for value, size in zip(loglikelihoods, sizes, strict=True)])
