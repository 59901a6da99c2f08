"""SetFit: tune a sentence encoder on pairs of a few items, then fit a logistic regression on its vectors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from harness.errors import DataError, RunFailed
from harness.items.rows import Question
from harness.models.linear_labels import label_log_proba, require_two_labels
from harness.models.loaded import LabelClassifier
from harness.models.sentence_encoder import SentenceEncoder, load_encoder
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel
from harness.training.method_options import MethodOptions

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

ENCODER, HEAD, CLASSES = "encoder", "head.safetensors", "classes.json"
PROBES = 16
"""Number of validation texts whose vectors must change."""


class SetFitOptions(MethodOptions):
    """How many pairs there are, and how strongly the regression is regularised."""

    rounds: int = Field(default=5, ge=1)
    """Positive and negative pairs made of each item: R in the paper, which uses 20."""
    C: float = Field(default=1.0, gt=0)
    """Inverse strength of the regression's L2 regularisation."""


class SetFit(Method):
    """Sentence-transformer fine-tuning without prompts (Tunstall et al. 2022, arXiv 2209.11055).

    What it optimises: first the squared error of the cosine of pairs of texts against 1 (one label) or 0 (two labels),
        over all of the encoder's weights; then logistic regression of the labels on the tuned vectors. Weights and
        vectors are float32 on every device.
    Data: `classify` questions; it reads the item's text without the prompt. Each item makes `rounds` positive and
        `rounds` negative pairs, so a few items give many steps.
    Cost: a small encoder: seconds on a CPU for tens of items, 100 MB saved.
    Use it: with 8 to a few hundred items of a few labels, and where thousands of answers per second are needed.
    Not for: answers that are not labels; labels that do not occur among the items, which it cannot predict.
    Related: `lowresource/fewshot_lora` trains a language model on the same items; `lowresource/tfidf` uses no
        pre-trained weights.
    Options: `rounds`, `C`.
    Source: written here with sentence-transformers and scikit-learn, because the package setfit saves its head as a
        pickle.
    Example: `python -m harness train lowresource/setfit --domain hs_products --seed 0`
    """

    base = "encoder"
    needs_train_settings = True
    refused_train_settings = {"use_liger_kernel": "Liger's kernels are for causal language models"}
    options_model = SetFitOptions

    def train(self, context: TrainContext) -> TrainedModel:
        """Tune the encoder on pairs, fit the regression on its vectors, save both.

        Raises:
            RunFailed: all items have the same label, the loss diverges, or no vector changes.
        """
        from transformers import set_seed

        from harness.training.lessons.contrastive_pairs import contrastive_pairs
        from harness.training.loops.encoder_loop import train_on_pairs

        options = SetFitOptions.of(context.recipe)
        train = context.rows(Question, self.views, "train")
        probes = [question.text for question in context.rows(Question, self.views, "validation")[:PROBES]]
        require_two_labels(train)
        with context.phases("load"):
            encoder = _load(_base(context), context)
        before = encoder.embed(probes)
        set_seed(context.seed)
        pairs = contrastive_pairs(train, rounds=options.rounds, seed=context.seed)
        outcome = train_on_pairs(encoder.model, pairs, context=context)
        change = _change(before, encoder.embed(probes))
        with context.phases("train"):
            vectors = encoder.embed([question.text for question in train])
        with context.phases("head"):
            head = _fitted(vectors, train, strength=options.C)
        with context.phases("save"):
            _save(encoder, head, context.folder, base_name=context.base_name)
        weights = sum(parameter.numel() for parameter in encoder.model.parameters())
        size = weights + int(head.coef_.size + head.intercept_.size)
        texts = [text for pair in pairs for text in (pair.first, pair.second)]
        return TrainedModel(
            trainable_parameters=size,
            total_parameters=size,
            examples=len(train),
            steps=outcome.steps,
            tokens=round(_tokens(encoder, texts) * context.budget.epochs),
            truncated=encoder.cut([question.text for question in train]),
            output_change=change,
            curve=outcome.curve,
            cpu_phases=("head",),
            notes={
                "pairs": len(pairs),
                "positive_pairs": sum(pair.similarity == 1 for pair in pairs),
                "unseen_labels": len({label for q in train for label in q.choices} - set(head.classes_)),
            },
        )

    def load(self, context: LoadContext) -> LabelClassifier:
        """The tuned encoder and the regression's weights. The base model is not needed any more."""
        return _EncodedLabels(context)


def _load(folder: Path, context: LoadContext) -> SentenceEncoder:
    """The encoder in float32 on every device.

    bfloat16 weights would round steps of 1e-5 away, and the regression must score vectors of the precision that it was
    fitted to.
    """
    return load_encoder(folder, context.device.in_float32())


def _base(context: LoadContext) -> Path:
    if context.base is None:
        raise DataError("no base model has the role encoder", where=context.recipe.id)
    return context.base


def _change(before: npt.NDArray[np.float32], after: npt.NDArray[np.float32]) -> float:
    """Largest absolute change of a component of a vector."""
    import numpy as np

    if not np.isfinite(after).all():
        raise RunFailed("diverged: the trained encoder's vectors are not finite")
    change = float(np.abs(after - before).max())
    if change == 0:
        raise RunFailed("training changed no vector: the trained weights are not in use")
    return change


def _fitted(vectors: npt.NDArray[np.float32], train: Sequence[Question], *, strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=2000).fit(vectors, [question.answer for question in train])


def _tokens(encoder: SentenceEncoder, texts: Sequence[str]) -> int:
    distinct = sorted(set(texts))
    rows = encoder.model.tokenizer(distinct, truncation=True, padding=False)["input_ids"]
    length = {text: len(row) for text, row in zip(distinct, rows, strict=True)}
    return sum(length[text] for text in texts)


def _save(encoder: SentenceEncoder, head: Any, folder: Path, *, base_name: str | None) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    encoder.model[0].auto_model.config.name_or_path = base_name or ""  # instead of a path on this machine
    encoder.model.save_pretrained(str(folder / ENCODER), create_model_card=False)
    weights = {"coef": head.coef_, "intercept": head.intercept_}
    save_file({name: np.ascontiguousarray(value) for name, value in weights.items()}, folder / HEAD)
    (folder / CLASSES).write_text(json.dumps([str(name) for name in head.classes_], ensure_ascii=False))


class _EncodedLabels(LabelClassifier):
    def __init__(self, context: LoadContext) -> None:
        from safetensors.numpy import load_file

        self.encoder = _load(context.folder / ENCODER, context)
        weights = load_file(context.folder / HEAD)
        self.coef, self.intercept = weights["coef"], weights["intercept"]
        self.classes: list[str] = json.loads((context.folder / CLASSES).read_text())

    @property
    def learnt_labels(self) -> frozenset[str]:
        return frozenset(self.classes)

    def log_proba(self, texts: Sequence[str], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        logits = self.encoder.embed(texts) @ self.coef.T + self.intercept
        return label_log_proba(logits, classes=self.classes, labels=labels)
