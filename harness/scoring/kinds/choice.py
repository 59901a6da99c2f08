"""Which of a few long answers does the model find most likely?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from harness.items.rows import Question
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import likeliest
from harness.scoring.contract import SuiteResult, SuiteRun
from harness.scoring.kinds._choosing import ChoosingKind, per_byte
from harness.scoring.measures.accuracy import ACCURACY
from harness.scoring.measures.calibration import CALIBRATION
from harness.scoring.measures.mean import mean
from harness.scoring.metric_spec import MetricSpec

NORMALIZED = "accuracy_norm"


class Choice(ChoosingKind):
    """Accuracy of the likeliest answer, where each question has its own answers.

    Every further word makes a text less likely, so plain likelihood mostly prefers the shortest answer. `accuracy_norm`
    compares log-likelihood per UTF-8 byte (`acc_bytes` of lm-eval), which does not depend on the tokenizer; `accuracy`
    compares plain log-likelihoods. `ece` and `brier` use the probabilities that softmax makes of the values compared by
    the suite's metric: values per byte lie close together, so confidence is low. Label classifiers cannot be asked,
    because these answers are not labels.
    """

    asks = frozenset({"text"})
    metrics: ClassVar = {
        NORMALIZED: MetricSpec(
            explanation="Share of questions whose right answer has the highest likelihood per byte among the choices.",
            averaged_over="items",
        ),
        "accuracy": ACCURACY,
        **CALIBRATION,
    }

    def compared(self, question: Question, loglikelihoods: Sequence[float], run: SuiteRun) -> Sequence[float]:
        """Per byte or plain, as the suite's metric says."""
        return per_byte(question, loglikelihoods) if run.metric == NORMALIZED else loglikelihoods

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """Both accuracies and calibration over all questions."""
        plain, normalized = [], []
        for question, sample in zip(run.questions, asked.samples, strict=True):
            row = sample.loglikelihoods or ()
            plain.append(float(likeliest(question, row) == question.answer))
            normalized.append(float(likeliest(question, per_byte(question, row)) == question.answer))
        return {NORMALIZED: mean(normalized), "accuracy": mean(plain), **self.calibration(asked.samples, run)}
