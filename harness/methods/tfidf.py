"""TF-IDF and logistic regression: the baseline that a fine-tune must beat to be worth its money."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.errors import RunFailed
from harness.models.linear_labels import label_log_proba, require_two_labels
from harness.models.loaded import LabelClassifier
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel


class Tfidf(Method):
    """Multinomial logistic regression on TF-IDF weighted word n-grams (scikit-learn).

    What it optimises: regularised cross-entropy of the labels, convex, so no seed matters.
    Data: `classify` questions; reads the item's text without the prompt.
    Cost: seconds on one core, a few MB.
    Use it: first. It is strong where words decide, as in product names or tickets.
    Not for: questions where order or paraphrase decides, or answers that are not labels.
    Related: `zero_shot` for the opposite end; `sft/full` and `peft/lora` read the same items.
    Source: scikit-learn TfidfVectorizer with sublinear term frequency, LogisticRegression (lbfgs).
    Example: `python -m harness train baseline/tfidf --domain hs_products --seed 0`
    """

    options = {"ngram_range": [1, 2], "C": [1, 10, 100]}

    def train(self, context: TrainContext) -> TrainedModel:
        """Fit one model per `C`, keep the one that scores best on validation items.

        Raises:
            RunFailed: all training items have the same label, or their texts have no words.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        options = self.chosen_options(context.recipe)
        train = context.questions(self.views, "train")
        validation = context.questions(self.views, "validation")
        require_two_labels(train)
        with context.phases("train"):
            vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=tuple(options["ngram_range"]))
            features = _fitted(vectorizer, [q.text for q in train])
            held_out = vectorizer.transform([q.text for q in validation])
            trials = {}
            for strength in options["C"]:
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
        """Vocabulary and weights, from JSON and safetensors."""
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

    def log_proba(self, texts: Sequence[str], labels: Sequence[str]) -> Any:
        logits = self.vectorizer.transform(texts) @ self.coef.T + self.intercept
        return label_log_proba(logits, classes=self.classes, labels=labels)
