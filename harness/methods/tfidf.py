"""TF-IDF and logistic regression: the baseline that a fine-tuned model must beat to be worth its cost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PositiveInt, field_validator

from harness.config.strict import Number
from harness.errors import RunFailed
from harness.items.rows import Question
from harness.models.linear_labels import label_log_proba, require_two_labels
from harness.models.loaded import LabelClassifier
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel
from harness.training.method_options import MethodOptions


class TfidfOptions(MethodOptions):
    """Which n-grams count, and how strongly the regression is regularised."""

    ngram_range: list[PositiveInt] = Field(default=[1, 2], min_length=2, max_length=2)
    """Number of words in the shortest and in the longest n-gram."""
    C: list[Annotated[Number, Field(gt=0)]] = Field(default=[1, 10, 100], min_length=1)
    """Inverse strengths of the L2 regularisation to try; validation items choose one."""

    @field_validator("ngram_range")
    @classmethod
    def _shortest_first(cls, lengths: list[int]) -> list[int]:
        if lengths != sorted(lengths):
            raise ValueError("the shortest length first")
        return lengths


class Tfidf(Method):
    """Multinomial logistic regression on TF-IDF weighted word n-grams (scikit-learn).

    What it optimises: regularised cross-entropy of the labels. The problem is convex, so the seed has no effect.
    Data: `classify` questions; it reads the item's text without the prompt.
    Cost: seconds on one core, a few MB.
    Use it: first. It is strong where single words decide, as in product names or tickets.
    Not for: questions where word order or paraphrases decide, or answers that are not labels.
    Related: `zero_shot`, a language model without training; `sft/full` and `peft/lora` learn from the same items.
    Options: `ngram_range`, `C`.
    Source: scikit-learn TfidfVectorizer with sublinear term frequency, LogisticRegression (lbfgs).
    Example: `python -m harness train baseline/tfidf --domain hs_products --seed 0`
    """

    options_model = TfidfOptions

    def train(self, context: TrainContext) -> TrainedModel:
        """Fit one model per `C` and keep the one with the best accuracy on validation items.

        Raises:
            RunFailed: all training items have the same label, or their texts contain no words.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        options = TfidfOptions.of(context.recipe)
        train = context.rows(Question, self.views, "train")
        validation = context.rows(Question, self.views, "validation")
        require_two_labels(train)
        with context.phases("train"):
            vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=tuple(options.ngram_range))
            features = _fitted(vectorizer, [q.text for q in train])
            held_out = vectorizer.transform([q.text for q in validation])
            trials = {}
            for strength in options.C:
                model = LogisticRegression(C=strength, max_iter=2000)
                model.fit(features, [q.answer for q in train])
                trials[strength] = (model.score(held_out, [q.answer for q in validation]), model)
        best = max(trials, key=lambda strength: trials[strength][0])
        model = trials[best][1]
        with context.phases("save"):
            _save(vectorizer, model, context.folder)
        size = int(model.coef_.size + model.intercept_.size)
        return TrainedModel(
            trainable_parameters=size,
            total_parameters=size,
            examples=len(train),
            notes={
                "C": best,
                "validation_accuracy": {str(strength): round(score, 4) for strength, (score, _) in trials.items()},
                "unseen_labels": len({label for q in train for label in q.choices} - set(model.classes_)),
            },
        )

    def load(self, context: LoadContext) -> LabelClassifier:
        """The saved vocabulary and weights."""
        return _LinearText(context.folder)


def _fitted(vectorizer: Any, texts: Sequence[str]) -> Any:
    try:
        return vectorizer.fit_transform(texts)
    except ValueError as error:
        if "empty vocabulary" not in str(error):
            raise
        raise RunFailed("refused: no training text has a word of two letters or more") from None


def _save(vectorizer: Any, model: Any, folder: Path) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    facts = {
        "vocabulary": {term: int(column) for term, column in sorted(vectorizer.vocabulary_.items())},
        "ngram_range": list(vectorizer.ngram_range),
        "classes": [str(name) for name in model.classes_],
    }
    (folder / "vocabulary.json").write_text(json.dumps(facts, ensure_ascii=False))
    weights = {"coef": model.coef_, "intercept": model.intercept_, "idf": vectorizer.idf_}
    save_file({name: np.ascontiguousarray(value) for name, value in weights.items()}, folder / "weights.safetensors")


class _LinearText(LabelClassifier):
    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from sklearn.feature_extraction.text import TfidfVectorizer

        facts = json.loads((folder / "vocabulary.json").read_text())
        weights = load_file(folder / "weights.safetensors")
        self.classes: list[str] = facts["classes"]
        self.coef, self.intercept = weights["coef"], weights["intercept"]
        self.vectorizer = TfidfVectorizer(
            sublinear_tf=True, ngram_range=tuple(facts["ngram_range"]), vocabulary=facts["vocabulary"]
        )
        self.vectorizer.idf_ = weights["idf"]

    @property
    def learnt_labels(self) -> frozenset[str]:
        return frozenset(self.classes)

    def log_proba(self, texts: Sequence[str], labels: Sequence[str]) -> Any:
        logits = self.vectorizer.transform(texts) @ self.coef.T + self.intercept
        return label_log_proba(logits, classes=self.classes, labels=labels)
