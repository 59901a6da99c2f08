"""Embedding models whose vectors a test chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from harness.models.loaded import EmbeddingModel


class Chosen(EmbeddingModel):
    """Vectors from a table; a text that is not in it points where no other does."""

    def __init__(self, vectors: Mapping[str, Sequence[float]]) -> None:
        self.table = vectors
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str], *, batch_size: int = 32) -> npt.NDArray[np.float32]:
        """The table's, with one dimension more that is 0 for them and 1 for all other texts."""
        self.embedded += texts
        width = len(next(iter(self.table.values())))
        rows = [[*self.table[text], 0.0] if text in self.table else [0.0] * width + [1.0] for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), width + 1)
        unit: npt.NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return unit

    def cut(self, texts: Sequence[str]) -> int:
        """It reads ten characters."""
        return sum(len(text) > 10 for text in texts)
