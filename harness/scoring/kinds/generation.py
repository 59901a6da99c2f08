"""How similar is the model's written answer to the right one?"""

from __future__ import annotations

from typing import ClassVar

from harness.items.rows import Question
from harness.scoring.contract import SuiteResult, SuiteRun
from harness.scoring.kinds._writing import WritingKind
from harness.scoring.measures.failed_answers import DEGENERATE, EMPTY, GARBLED, UNFINISHED
from harness.scoring.measures.text_metrics import ITEM_METRICS, TEXT_METRICS, chrf_corpus


class Generation(WritingKind):
    """Written answers against the right ones: words, longest common subsequence, characters.

    None of these metrics sees whether an answer is *true*: a right answer in other words scores low, and a wrong answer
    in the same words scores high. Use them to compare recipes, not as shares of right answers. `empty`, `garbled`,
    `degenerate` and `unfinished` count answers that fail to say anything: without text, with bytes that are not text,
    in endless repetition, or cut off. Such answers are scored like all others.
    """

    metrics: ClassVar = {
        **TEXT_METRICS,
        "empty": EMPTY,
        "garbled": GARBLED,
        "degenerate": DEGENERATE,
        "unfinished": UNFINISHED,
    }
    in_samples: ClassVar = {"chrf_corpus": "chrf"}

    def grade(self, metric: str, answer: str, *, question: Question, run: SuiteRun) -> float:
        """Similarity to the most similar right answer."""
        return ITEM_METRICS[metric](answer, right_answers(question), english=run.english)

    def figures(self, asked: SuiteResult, run: SuiteRun) -> dict[str, float]:
        """chrF with n-grams counted over all answers."""
        right = [right_answers(question) for question in run.questions]
        return {"chrf_corpus": chrf_corpus([sample.answer for sample in asked.samples], right)}


def right_answers(question: Question) -> list[str]:
    """The answer and its further references."""
    return [question.answer, *question.references]
