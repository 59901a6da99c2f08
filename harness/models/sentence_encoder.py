"""Sentence encoders, loaded from a folder of sentence-transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import DataError
from harness.measure.device import Device
from harness.models.loaded import EmbeddingModel

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class SentenceEncoder(EmbeddingModel):
    """A SentenceTransformer: a model, a pooling rule that makes one vector of its outputs, and a tokenizer."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def embed(self, texts: Sequence[str], *, batch_size: int = 32) -> npt.NDArray[np.float32]:
        """Vectors of length 1. The prompts that some encoders put before a text are left out."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.model.get_embedding_dimension()), dtype=np.float32)
        found = self.model.encode(
            list(texts),
            prompt="",
            batch_size=batch_size,
            normalize_embeddings=True,
            convert_to_tensor=True,  # numpy knows no bfloat16
            show_progress_bar=False,
        )
        vectors: npt.NDArray[np.float32] = found.float().cpu().numpy()
        return vectors

    def cut(self, texts: Sequence[str]) -> int:
        """How many texts have more tokens than `max_seq_length`."""
        longest = self.model.max_seq_length
        if longest is None:
            return 0
        rows = self.model.tokenizer(list(texts), truncation=False, padding=False)["input_ids"] if texts else []
        return sum(len(row) > longest for row in rows)


def load_encoder(folder: Path, device: Device) -> SentenceEncoder:
    """An encoder from a local folder; nothing is looked up on the hub.

    Raises:
        DataError: the folder holds no model of sentence-transformers.
    """
    if not (folder / "modules.json").is_file():
        raise DataError(
            "no sentence-transformers model here",
            where=str(folder),
            expected="modules.json beside the weights",
            hint="run `dvc repro base`",
        )
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(folder), device=device.kind, local_files_only=True, model_kwargs={"dtype": device.torch_dtype}
    )
    return SentenceEncoder(model.eval())
