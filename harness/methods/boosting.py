"""Gradient boosting on the columns of table rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveInt

from harness.errors import RunFailed
from harness.items.media import MediaKind
from harness.items.rows import Question
from harness.media.tables import read_row
from harness.models.linear_labels import label_log_proba, require_two_labels
from harness.models.media_labels import MediaClassifier
from harness.models.trees import Trees
from harness.training.contract import LoadContext, TrainContext, TrainedModel
from harness.training.media_method import MediaMethod
from harness.training.method_options import MethodOptions

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FACTS, TREES = "columns.json", "trees.safetensors"
MOST_CATEGORIES = 50
"""A column of text with more different values is left out: it names single rows."""

Cells = Mapping[str, float | str | None]


class BoostingOptions(MethodOptions):
    """Size of the model."""

    max_iter: PositiveInt = 100
    """Rounds; each adds one tree per class."""
    learning_rate: float = Field(default=0.1, gt=0, le=1)
    """What each round adds."""
    min_samples_leaf: PositiveInt = 5
    """Fewest training rows in a leaf."""


class Boosting(MediaMethod):
    """Histogram-based gradient boosting (Ke et al. 2017, LightGBM) on the columns of rows; the question is not read.

    What it optimises: cross-entropy of the labels, one tree per class and round.
    Data: `classify` questions about table rows. Numbers stay as they are. A category becomes one column of 0 and 1 per
        value that training items have, so a category that was not seen is 0 in all of them. Missing values have a
        side of their own in every split. Columns that are constant in training, or name single rows, are left out and
        counted in the record.
    Cost: seconds on one core.
    Use it: first, and often last: on tables it is hard to beat.
    Not for: rows that are asked several different questions.
    Related: `multimodal/tabular_text` and `multimodal/tabular_tokens`, language models that read the row.
    Options: `max_iter`, `learning_rate`, `min_samples_leaf`.
    Source: scikit-learn HistGradientBoostingClassifier.
    Example: `python -m harness train multimodal/boosting --domain wine --seed 0`
    """

    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"table"})
    options_model = BoostingOptions

    def train(self, context: TrainContext) -> TrainedModel:
        """Find the columns and fit the trees.

        Raises:
            RunFailed: all training items have the same label, no column differs between them, or their files are no
                table rows.
        """
        from sklearn.ensemble import HistGradientBoostingClassifier

        self.refuse_media(context)
        options = BoostingOptions.of(context.recipe)
        train = context.rows(Question, self.views, "train")
        require_two_labels(train)
        with context.phases("load"):
            rows = [row_of(question) for question in train]
            columns = Columns.of(rows)
        with context.phases("train"):
            model = HistGradientBoostingClassifier(
                **options.model_dump(), early_stopping=False, random_state=context.seed
            ).fit(columns.table(rows), [question.answer for question in train])
            trees = Trees.of(model)
        classes = [str(name) for name in model.classes_]
        with context.phases("save"):
            trees.save(context.folder / TREES)
            facts = {"columns": asdict(columns), "classes": classes}
            (context.folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        return TrainedModel(
            trainable_parameters=trees.value.size,
            total_parameters=trees.value.size,
            examples=len(train),
            notes={
                "columns": len(columns.numbers) + len(columns.categories),
                "columns_left_out": list(columns.left_out),
                "missing_cells": sum(value is None for row in rows for value in row.values()),
                "unseen_labels": len({label for question in train for label in question.choices} - set(classes)),
            },
        )

    def load(self, context: LoadContext) -> MediaClassifier:
        """The saved columns and trees."""
        facts = json.loads((context.folder / FACTS).read_text(encoding="utf-8"))
        return _Boosted(Columns(**facts["columns"]), Trees.load(context.folder / TREES), classes=facts["classes"])


@dataclass(frozen=True)
class Columns:
    """The columns that the trees see."""

    numbers: Sequence[str]
    """Columns of numbers."""
    categories: Mapping[str, Sequence[str]]
    """Column -> its values in training, each of which becomes a column of 0 and 1."""
    left_out: Sequence[str]
    """Columns that are constant or name single rows."""

    @classmethod
    def of(cls, rows: Sequence[Cells]) -> Columns:
        """The columns of the training rows.

        Raises:
            RunFailed: no column differs between the rows.
        """
        numbers, left_out = list[str](), list[str]()
        categories: dict[str, list[str]] = {}
        for name in dict.fromkeys(name for row in rows for name in row):
            values = {row.get(name) for row in rows}
            texts = sorted({str(value) for value in values if value is not None})
            if len(values) < 2:
                left_out.append(name)
            elif all(value is None or isinstance(value, int | float) for value in values):
                numbers.append(name)
            elif len(texts) > MOST_CATEGORIES:
                left_out.append(name)
            else:
                categories[name] = texts
        if not numbers and not categories:
            raise RunFailed(f"refused: none of the {len(left_out)} columns differs between the training items")
        return cls(numbers, categories, left_out)

    def table(self, rows: Sequence[Cells]) -> npt.NDArray[np.float64]:
        """Shape (rows, columns). A missing value, or a text where training had numbers, is NaN."""
        import numpy as np

        found = [[*map(_number, (row.get(name) for name in self.numbers)), *self._shares(row)] for row in rows]
        return np.array(found, dtype=np.float64)

    def _shares(self, row: Cells) -> list[float]:
        return [
            float("nan") if row.get(name) is None else float(str(row[name]) == known)
            for name, values in self.categories.items()
            for known in values
        ]


def _number(value: float | str | None) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def row_of(question: Question) -> Cells:
    """All cells that the question's files hold.

    Raises:
        DataError: a file is missing or is no table row.
    """
    return {name: value for media in question.media for name, value in read_row(media.file).items()}


class _Boosted(MediaClassifier):
    def __init__(self, columns: Columns, trees: Trees, *, classes: Sequence[str]) -> None:
        super().__init__(kinds=Boosting.media_kinds)
        self.columns, self.trees, self.classes = columns, trees, classes

    def log_proba(self, questions: Sequence[Question], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        table = self.columns.table([row_of(question) for question in questions])
        return label_log_proba(self.trees.scores(table), classes=self.classes, labels=labels)
