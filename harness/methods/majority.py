"""The same answer to every question: the most frequent label."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from harness.items.rows import Question
from harness.models.loaded import LabelClassifier
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel


class Majority(Method):
    """Predict each label with the probability that it has among the training items.

    What it does: counts labels. It computes no gradient and reads no text.
    Data: `classify` questions; only the answers count.
    Cost: none.
    Use it: always, as the lower bound. A model with a lower score learned something false.
    Not for: answers that are not labels.
    Related: `tfidf`, the simplest baseline that reads the text.
    Example: `python -m harness train baseline/majority --domain hs_products --seed 0`
    """

    def train(self, context: TrainContext) -> TrainedModel:
        """Count the labels. Each count starts at 1, so that no label is impossible."""
        questions = context.rows(Question, self.views, "train")
        with context.phases("train"):
            counts = Counter({label: 1 for question in questions for label in question.choices})
            counts.update(question.answer for question in questions)
        total = sum(counts.values())
        shares = {label: math.log(count / total) for label, count in sorted(counts.items())}
        (context.folder / "log_shares.json").write_text(json.dumps(shares, indent=2, ensure_ascii=False))
        most = max(shares, key=lambda label: shares[label])
        return TrainedModel(
            trainable_parameters=len(shares),
            total_parameters=len(shares),
            examples=len(questions),
            notes={"label": most},
        )

    def load(self, context: LoadContext) -> LabelClassifier:
        """The saved probability of each label."""
        return _Shares(json.loads((context.folder / "log_shares.json").read_text()))


class _Shares(LabelClassifier):
    def __init__(self, log_shares: dict[str, float]) -> None:
        self.log_shares = log_shares

    @property
    def learnt_labels(self) -> frozenset[str]:
        return frozenset(self.log_shares)

    def log_proba(self, texts: Sequence[str], labels: Sequence[str]) -> Any:
        import numpy as np

        smallest = min(self.log_shares.values())
        row = [self.log_shares.get(label, smallest) for label in labels]
        return np.tile(np.array(row), (len(texts), 1))
