"""The two towers of CLIP (Radford et al. 2021, arXiv 2103.00020) with their heads and their loss.

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from harness.models.sentence_encoder import SentenceEncoder
from harness.models.towers.tower import BATCH, Tower

MOST_SCALE = 100.0
"""Largest factor of the similarities, as in CLIP: without a limit, training becomes unstable."""
FIRST_SCALE = 1 / 0.07
"""The factor before training, as in CLIP."""


class DualEncoder(nn.Module):
    """An image tower, a text tower whose vectors are given, a linear head on each, and the scale of similarities."""

    def __init__(self, tower: Tower, *, text_width: int, width: int) -> None:
        """`text_width`: components of the text tower's vectors; `width`: components of the shared space."""
        super().__init__()
        self.tower = tower
        self.image_head = nn.Sequential(nn.LayerNorm(tower.width), nn.Linear(tower.width, width))
        self.text_head = nn.Linear(text_width, width)
        self.scale = nn.Parameter(torch.tensor(math.log(FIRST_SCALE)))

    @property
    def factor(self) -> torch.Tensor:
        """The factor of similarities, at most `MOST_SCALE`."""
        with torch.no_grad():
            self.scale.clamp_(max=math.log(MOST_SCALE))
        return self.scale.exp()

    def images(self, pixels: torch.Tensor) -> torch.Tensor:
        """Pixels -> vectors of length 1, shape (batch, width): the mean over the fields of the picture."""
        return nn.functional.normalize(self.image_head(self.tower(pixels)).mean(1), dim=-1)

    def texts(self, vectors: torch.Tensor) -> torch.Tensor:
        """Vectors of the text tower -> vectors of length 1, shape (texts, width)."""
        return nn.functional.normalize(self.text_head(vectors), dim=-1)

    def loss(self, pixels: torch.Tensor, vectors: torch.Tensor, caption: torch.Tensor) -> torch.Tensor:
        """The mean of the cross-entropies picture -> caption and caption -> picture.

        `vectors`: of the different captions of the batch, shape (captions, text width); `caption`: shape (batch,),
        which of them belongs to each picture. Pictures with the same caption are all right for it, so that none of
        them counts as wrong (UniCL: Yang et al. 2022, arXiv 2204.03610).
        """
        similarities = self.factor * self.images(pixels) @ self.texts(vectors).T
        right = nn.functional.one_hot(caption, len(vectors)).to(similarities.dtype)
        to_caption = nn.functional.cross_entropy(similarities, caption)
        to_picture = -(similarities.log_softmax(0) * (right / right.sum(0))).sum(0).mean()
        return (to_caption + to_picture) / 2


class PictureTexts:
    """A dual encoder with its text tower, ready to be asked."""

    def __init__(self, dual: DualEncoder, encoder: SentenceEncoder) -> None:
        self.dual, self.encoder = dual, encoder
        self._of_file: dict[Path, torch.Tensor] = {}

    def image_vectors(self, files: Sequence[Path]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        """Vectors of length 1, shape (len(files), width); each file is read once."""
        missing = [file for file in dict.fromkeys(files) if file not in self._of_file]
        self.dual.eval()
        device = self.dual.scale.device
        with torch.inference_mode():
            for start in range(0, len(missing), BATCH):
                batch = missing[start : start + BATCH]
                pixels = torch.stack([self.dual.tower.read(file) for file in batch]).to(device)
                self._of_file.update(zip(batch, self.dual.images(pixels).float().cpu(), strict=True))
        found: np.ndarray[tuple[int, int], np.dtype[np.float32]] = torch.stack(
            [self._of_file[one] for one in files]
        ).numpy()
        return found

    def text_vectors(self, texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        """Vectors of length 1, shape (len(texts), width)."""
        vectors = torch.from_numpy(self.encoder.embed(texts)).to(self.dual.scale.device)
        with torch.inference_mode():
            found: np.ndarray[tuple[int, int], np.dtype[np.float32]] = self.dual.texts(vectors).float().cpu().numpy()
        return found

    def forget(self) -> None:
        """Read files again: the weights have changed."""
        self._of_file.clear()
