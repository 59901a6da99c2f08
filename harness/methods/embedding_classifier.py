"""A simple classifier on the vectors of an encoder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from harness.errors import DataError
from harness.items.rows import Question
from harness.models.linear_labels import label_log_proba, require_two_labels
from harness.models.loaded import EmbeddingModel, LabelClassifier
from harness.models.sentence_encoder import load_encoder
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel
from harness.training.method_options import MethodOptions
from harness.training.registry import get_method, started_from

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FITTED, CLASSES = "classifier.safetensors", "classes.json"
SHARPNESS = 20.0
"""Weight of a neighbour: exp(SHARPNESS * cosine); the scale of the loss that the encoder is tuned with."""


class ClassifierOptions(MethodOptions):
    """What stands on the vectors."""

    head: Literal["logistic", "knn"] = "logistic"
    """`logistic`: logistic regression; `knn`: the nearest training items vote."""
    C: float = Field(default=10.0, gt=0)
    """Inverse strength of the regression's L2 regularisation; vectors have length 1, so it is weak."""
    neighbours: int = Field(default=10, ge=1)
    """Training items that vote."""


class EmbeddingClassifier(Method):
    """Nearest neighbours or logistic regression on the vectors of a frozen encoder.

    What it optimises: the regression's cross-entropy; neighbours need no training.
    Data: `classify` questions; it reads the item's text without the prompt.
    Cost: embedding the training items once; thousands of answers a second.
    Use it: to see whether an encoder at a hundredth of the cost does the job of a language model.
    Not for: answers that are not labels; labels that do not occur among the items.
    Related: `baseline/tfidf` counts words instead; `lowresource/setfit` tunes the encoder on the labels.
    Parents: `model`, a tuned encoder; without one it stands on the base encoder.
    Options: `head`, `C`, `neighbours`.
    Example: `python -m harness train contrastive/logistic --domain hs_products --seed 0`
    """

    base = "encoder"
    starts_from = "model"
    start_kind = EmbeddingModel
    options_model = ClassifierOptions
    cannot_be_continued = "it is a classifier on fixed vectors"

    def train(self, context: TrainContext) -> TrainedModel:
        """Embed the training items and fit the classifier.

        Raises:
            RunFailed: all items have the same label.
        """
        import numpy as np
        from safetensors.numpy import save_file
        from sklearn.linear_model import LogisticRegression

        options = ClassifierOptions.of(context.recipe)
        train = context.rows(Question, self.views, "train")
        require_two_labels(train)
        with context.phases("load"):
            encoder = _encoder(context)
        texts = [question.text for question in train]
        with context.phases("train"):
            vectors = encoder.embed(texts)
            answers = [question.answer for question in train]
            classes = sorted(set(answers))
            if options.head == "logistic":
                fitted = LogisticRegression(C=options.C, max_iter=2000).fit(vectors, answers)
                classes = [str(name) for name in fitted.classes_]
                weights = {"coef": fitted.coef_, "intercept": fitted.intercept_}
            else:
                places = np.array([classes.index(answer) for answer in answers], dtype=np.int64)
                weights = {"vectors": vectors, "labels": places}
        with context.phases("save"):
            save_file({name: np.ascontiguousarray(value) for name, value in weights.items()}, context.folder / FITTED)
            (context.folder / CLASSES).write_text(json.dumps(classes, ensure_ascii=False), encoding="utf-8")
        size = int(sum(value.size for value in weights.values())) if options.head == "logistic" else 0
        return TrainedModel(
            trainable_parameters=size,
            total_parameters=size + sum(one.numel() for one in encoder.model.parameters()),
            examples=len(train),
            truncated=encoder.cut(texts),
            notes={"unseen_labels": len({label for question in train for label in question.choices} - set(classes))},
        )

    def load(self, context: LoadContext) -> LabelClassifier:
        """The encoder, its parent's or the base, with the classifier on it."""
        return _VectorLabels(context)


def _encoder(context: LoadContext) -> Any:
    """The tuned encoder of the parent, or the base encoder, in float32.

    Raises:
        DataError: no base model has the role encoder.
    """
    parent = started_from(context)
    if parent is not None:
        return get_method(parent.recipe.run.method).load(parent)
    if context.base is None:
        raise DataError("no base model has the role encoder", where=context.recipe.id)
    return load_encoder(context.base, context.device.in_float32())


class _VectorLabels(LabelClassifier):
    def __init__(self, context: LoadContext) -> None:
        from safetensors.numpy import load_file

        self.encoder, self.options = _encoder(context), ClassifierOptions.of(context.recipe)
        self.weights = load_file(context.folder / FITTED)
        self.classes: list[str] = json.loads((context.folder / CLASSES).read_text(encoding="utf-8"))

    def log_proba(self, texts: Sequence[str], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        vectors = self.encoder.embed(texts)
        if self.options.head == "logistic":
            logits = vectors @ self.weights["coef"].T + self.weights["intercept"]
        else:
            logits = self._votes(vectors)
        return label_log_proba(logits, classes=self.classes, labels=labels)

    def _votes(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Log of the weights of the nearest training items, summed by label. A label without a vote gets the weight of
        an item at a right angle, divided by the number of labels."""
        import numpy as np

        near = vectors.astype(np.float64) @ self.weights["vectors"].T.astype(np.float64)
        count = min(self.options.neighbours, near.shape[1])
        nearest = np.argsort(-near, axis=1, kind="stable")[:, :count]
        votes = np.full((len(vectors), len(self.classes)), 1.0 / len(self.classes))
        for row, places in enumerate(nearest):
            for place in places:
                votes[row, self.weights["labels"][place]] += np.exp(SHARPNESS * near[row, place])
        logs: npt.NDArray[np.float64] = np.log(votes)
        return logs
