"""What every tower offers: a file becomes a tensor, and a batch of these becomes a grid of vectors.

    file --read--> input --forward--> (batch, places, width)

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import nn

from harness.items.media import MediaKind

BATCH = 32
"""Files that go through a tower together."""
WEIGHTS, FACTS = "tower.safetensors", "tower.json"
"""Files of a tower."""


class Tower(nn.Module):
    """A pretrained encoder. It has no dropout and no statistics that a batch changes, so that `train()` and `eval()`
    compute the same."""

    reads: ClassVar[MediaKind]
    places: int
    """Vectors per file."""
    width: int
    """Components of each vector."""
    facts: dict[str, Any]
    """What `tower.json` says: the name of the architecture (`tower`) and its sizes."""
    sha256: str = ""
    """Of the weight files that it was loaded from."""

    @abstractmethod
    def read(self, file: Path) -> torch.Tensor:
        """The file as the tower's input, without a batch dimension; all files give the same shape.

        Raises:
            DataError: the file is missing or cannot be decoded.
        """

    @abstractmethod
    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Vectors of shape (batch, places, width)."""

    @property
    def parameter_count(self) -> int:
        """Number of weights."""
        return sum(one.numel() for one in self.parameters())

    def save(self, folder: Path) -> None:
        """Write what `load_tower` reads: weights in `tower.safetensors`, facts in `tower.json`."""
        import json

        from safetensors.torch import save_file

        folder.mkdir(parents=True, exist_ok=True)
        weights = {name: value.detach().cpu().contiguous() for name, value in self.state_dict().items()}
        save_file(weights, folder / WEIGHTS)
        (folder / FACTS).write_text(json.dumps(self.facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def pooled_places(vectors: torch.Tensor, places: int) -> torch.Tensor:
    """A row of vectors, shape (batch, any number, width), averaged to `places` stretches of about equal length."""
    return nn.functional.adaptive_avg_pool1d(vectors.transpose(1, 2), places).transpose(1, 2)


def pooled_grid(maps: torch.Tensor, side: int) -> torch.Tensor:
    """Feature maps of shape (batch, width, height, width) averaged to `side` x `side` fields, row by row: shape (batch,
    side * side, width)."""
    return nn.functional.adaptive_avg_pool2d(maps, side).flatten(2).transpose(1, 2)
