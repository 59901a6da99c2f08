"""Our models as MTEB encoders. Import this module late: it imports mteb, which takes seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mteb
import numpy as np
from mteb.models.abs_encoder import AbsEncoder
from mteb.models.model_meta import ModelMeta, ScoringFunction

from harness.models.loaded import LoadedModel
from harness.models.mean_pooled import as_embedder

if TYPE_CHECKING:
    import numpy.typing as npt

PROBES = ("a permit", "Horses; live, pure-bred breeding animals", "How long does it take, and what does it cost?")
"""Texts whose vectors identify a model."""

LOADED_AT_ONCE = 512
"""Number of texts that mteb passes to the encoder in one call; the encoder makes its own batches of them."""


class MtebEncoder(AbsEncoder):  # type: ignore[misc]
    """Each distinct text is embedded once, whatever its role and task. Prompts that tasks define are left out.

    mteb stores results under the model's name. Two models without a name once got the same scores. Therefore the name
    contains a hash of vectors, which differs between any two trainings, and `cache=None` is set everywhere.
    """

    def __init__(self, model: LoadedModel, *, known: dict[str, npt.NDArray[np.float32]], batch_size: int) -> None:
        """`known`: text -> vector, read and added to; pass `model.vectors` to share vectors between suites."""
        self.embedder, self.known, self.batch_size = as_embedder(model), known, batch_size
        self.read: set[str] = set()
        name = fingerprint(self.embedder.embed(PROBES, batch_size=batch_size))
        self.mteb_model_meta = ModelMeta.create_empty(
            overwrites={
                "name": f"finetune-harness/{name}",
                "revision": name,
                "similarity_fn_name": ScoringFunction.COSINE,
            }
        )

    def encode(self, inputs: Any, **kwargs: Any) -> npt.NDArray[np.float32]:
        """Vectors of all texts of a data loader, shape (texts, dimensions). `kwargs` name the task and are ignored."""
        texts = [text for batch in inputs for text in batch["text"]]
        self.read.update(texts)
        new = list(dict.fromkeys(text for text in texts if text not in self.known))
        self.known.update(zip(new, self.embedder.embed(new, batch_size=self.batch_size), strict=True))
        return np.stack([self.known[text] for text in texts])

    @property
    def truncated(self) -> int:
        """Number of texts embedded so far that are longer than the model reads."""
        return self.embedder.cut(sorted(self.read))


def fingerprint(vectors: npt.NDArray[np.float32]) -> str:
    """16 hexadecimal digits that identify a model by vectors that it produced."""
    return hashlib.sha256(np.ascontiguousarray(vectors).tobytes()).hexdigest()[:16]


def evaluate(
    encoder: MtebEncoder, tasks: Sequence[Any], *, predictions: Path | None = None
) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Task name -> split -> the scores of each subset, as mteb names them. `predictions`: a folder for mteb's JSON."""
    found = mteb.evaluate(
        encoder,
        list(tasks),
        cache=None,
        co2_tracker=False,
        show_progress_bar=False,
        prediction_folder=predictions,
        encode_kwargs={"batch_size": LOADED_AT_ONCE, "show_progress_bar": False},
    )
    return {result.task_name: dict(result.scores) for result in found.task_results}
