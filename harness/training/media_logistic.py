"""Logistic regression on the words of a question and on numbers that describe its file."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from harness.config.strict import Number
from harness.errors import RunFailed
from harness.items.rows import Question
from harness.models.linear_labels import label_log_proba, require_two_labels
from harness.models.media_labels import MediaClassifier
from harness.training.contract import LoadContext, TrainContext, TrainedModel
from harness.training.media_method import MediaMethod
from harness.training.method_options import MethodOptions

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FACTS, WEIGHTS = "vocabulary.json", "weights.safetensors"


class LogisticOptions(MethodOptions):
    """What the regression sees, and how strongly it is regularised."""

    C: list[Annotated[Number, Field(gt=0)]] = Field(default=[0.1, 1, 10, 100], min_length=1)
    """Inverse strengths of the L2 regularisation to try; validation items choose one."""
    products: bool = True
    """Whether each word is also multiplied with each number of the file. Without that, a red picture would speak for
    yes, whatever the question asks."""


class MediaLogistic(MediaMethod):
    """The frame of the cheap baselines on files: a subclass says which numbers describe a file."""

    options_model = LogisticOptions

    @abstractmethod
    def numbers(self, files: Sequence[Path], context: LoadContext) -> npt.NDArray[np.float32]:
        """Shape (files, numbers): what the regression sees of each file.

        Raises:
            DataError: a file is missing or broken.
        """

    def train(self, context: TrainContext) -> TrainedModel:
        """Fit one model per `C` and keep the one with the best accuracy on validation items.

        Raises:
            RunFailed: all training items have the same label, or the files are of a kind that the method does not read.
        """
        from sklearn.linear_model import LogisticRegression

        self.refuse_media(context)
        options = LogisticOptions.of(context.recipe)
        train = context.rows(Question, self.views, "train")
        validation = context.rows(Question, self.views, "validation")
        require_two_labels(train)
        with context.phases("load"):
            seen, held_out = self.described(train, context), self.described(validation, context)
        with context.phases("train"):
            inputs = _Inputs.fitted([q.text for q in train], seen, products=options.products)
            features, unseen = (
                inputs.of([q.text for q in train], seen),
                inputs.of([q.text for q in validation], held_out),
            )
            trials = {}
            for strength in options.C:
                model = LogisticRegression(C=strength, max_iter=1000).fit(features, [q.answer for q in train])
                trials[strength] = (model.score(unseen, [q.answer for q in validation]), model)
        best = max(trials, key=lambda strength: trials[strength][0])
        model = trials[best][1]
        with context.phases("save"):
            _save(inputs, model, context.folder)
        size = int(model.coef_.size + model.intercept_.size)
        return TrainedModel(
            trainable_parameters=size,
            total_parameters=size + self.frozen_parameters(context),
            examples=len(train),
            notes={
                "C": best,
                "validation_accuracy": {str(strength): round(score, 4) for strength, (score, _) in trials.items()},
                "unseen_labels": len({label for q in train for label in q.choices} - set(model.classes_)),
            },
        )

    def load(self, context: LoadContext) -> MediaClassifier:
        """The saved vocabulary and weights."""
        return _Linear(self, context)

    def frozen_parameters(self, context: LoadContext) -> int:
        """Parameters of a pretrained tower that the numbers come from."""
        return 0

    def described(self, questions: Sequence[Question], context: LoadContext) -> npt.NDArray[np.float32]:
        """Shape (questions, numbers). A file that several questions show is read once.

        Raises:
            RunFailed: a question has no file, or several.
        """
        alone = [question for question in questions if len(question.media) != 1]
        if alone:
            raise RunFailed(f"refused: the question {alone[0].id} has {len(alone[0].media)} files instead of one")
        files = {question.media[0].sha256: question.media[0].file for question in questions}
        place = {sha256: row for row, sha256 in enumerate(files)}
        rows = self.numbers(list(files.values()), context)
        found: npt.NDArray[np.float32] = rows[[place[question.media[0].sha256] for question in questions]]
        return found


class _Inputs:
    """Questions and numbers -> the columns of the regression: words, standardised numbers, and their products."""

    def __init__(self, vectorizer: Any, *, mean: Any, scale: Any, products: bool) -> None:
        self.vectorizer, self.mean, self.scale, self.products = vectorizer, mean, scale, products

    @classmethod
    def fitted(cls, texts: Sequence[str], numbers: npt.NDArray[np.float32], *, products: bool) -> _Inputs:
        """Words and scales of the training items.

        Raises:
            RunFailed: the questions contain no words.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(sublinear_tf=True)
        try:
            vectorizer.fit(texts)
        except ValueError as error:
            if "empty vocabulary" not in str(error):
                raise
            raise RunFailed("refused: no training question has a word of two letters or more") from None
        scale = numbers.std(axis=0)
        return cls(vectorizer, mean=numbers.mean(axis=0), scale=_without_zeros(scale), products=products)

    def of(self, texts: Sequence[str], numbers: npt.NDArray[np.float32]) -> Any:
        """A sparse matrix, shape (texts, columns)."""
        import numpy as np
        from scipy import sparse

        words = sparse.csr_matrix(self.vectorizer.transform(texts))
        standardised = (numbers - self.mean) / self.scale / np.sqrt(numbers.shape[1])  # as long as a row of words
        parts = [words, sparse.csr_matrix(standardised)]
        if self.products:
            parts.append(_products(words, standardised))
        return sparse.hstack(parts, format="csr")


def _without_zeros(scale: Any) -> Any:
    """A number that is the same for all training files says nothing; its scale is 1."""
    import numpy as np

    return np.where(scale > 0, scale, 1)


def _products(words: Any, numbers: Any) -> Any:
    """Row by row, every word times every number: a sparse matrix, shape (rows, words * numbers)."""
    import numpy as np
    from scipy import sparse

    count = numbers.shape[1]
    rows = np.repeat(np.arange(words.shape[0]), np.diff(words.indptr))
    values = words.data[:, None] * numbers[rows]
    columns = words.indices[:, None].astype(np.int64) * count + np.arange(count)
    shape = (words.shape[0], words.shape[1] * count)
    return sparse.csr_matrix((values.ravel(), columns.ravel(), words.indptr.astype(np.int64) * count), shape=shape)


def _save(inputs: _Inputs, model: Any, folder: Path) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    facts = {
        "vocabulary": {term: int(column) for term, column in sorted(inputs.vectorizer.vocabulary_.items())},
        "classes": [str(name) for name in model.classes_],
        "products": inputs.products,
    }
    (folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    weights = {"coef": model.coef_, "intercept": model.intercept_, "idf": inputs.vectorizer.idf_}
    weights |= {"mean": inputs.mean, "scale": inputs.scale}
    save_file({name: np.ascontiguousarray(value) for name, value in weights.items()}, folder / WEIGHTS)


class _Linear(MediaClassifier):
    def __init__(self, method: MediaLogistic, context: LoadContext) -> None:
        from safetensors.numpy import load_file
        from sklearn.feature_extraction.text import TfidfVectorizer

        super().__init__(kinds=method.media_kinds)
        facts = json.loads((context.folder / FACTS).read_text(encoding="utf-8"))
        weights = load_file(context.folder / WEIGHTS)
        self.method, self.context = method, context
        self.classes: list[str] = facts["classes"]
        self.coef, self.intercept = weights["coef"], weights["intercept"]
        vectorizer = TfidfVectorizer(sublinear_tf=True, vocabulary=facts["vocabulary"])
        vectorizer.idf_ = weights["idf"]
        self.inputs = _Inputs(vectorizer, mean=weights["mean"], scale=weights["scale"], products=facts["products"])

    def log_proba(self, questions: Sequence[Question], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        numbers = self.method.described(questions, self.context)
        features = self.inputs.of([question.text for question in questions], numbers)
        return label_log_proba(features @ self.coef.T + self.intercept, classes=self.classes, labels=labels)
