"""Small modules that learn to turn the vectors of a file into soft tokens: (batch, places, width) -> (batch, tokens,
hidden).

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

import torch
from torch import nn


class ToEmbeddings(nn.Module):
    """The last step of every encoder: vectors as long as the embeddings of words.

    Without it the first steps of a training are lost on vectors that are a hundred times too long for the model.
    """

    def __init__(self, hidden: int, *, size: float) -> None:
        """`size`: root mean square of a component of the model's word embeddings."""
        super().__init__()
        self.norm = nn.LayerNorm(hidden)
        nn.init.constant_(self.norm.weight, size)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Any shape that ends with `hidden` -> the same shape."""
        scaled: torch.Tensor = self.norm(states)
        return scaled


class FileEncoder(nn.Module):
    """What every encoder has."""

    tokens: int
    """Soft tokens per file."""
    solved: nn.Linear
    """The layer whose outputs, scaled, are the soft tokens (`warm_start.py`)."""


class Projector(FileEncoder):
    """One soft token per vector: two linear layers with GELU between (LLaVA 1.5, arXiv 2310.03744)."""

    def __init__(self, width: int, hidden: int, *, places: int, size: float) -> None:
        super().__init__()
        self.tokens = places
        self.first = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, hidden), nn.GELU())
        self.solved = nn.Linear(hidden, hidden)
        self.place = nn.Parameter(torch.zeros(places, hidden))
        self.last = ToEmbeddings(hidden, size=size)

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """(batch, places, width) -> (batch, places, hidden)."""
        scaled: torch.Tensor = self.last(self.solved(self.first(vectors)) + self.place)
        return scaled


class FrameEncoder(FileEncoder):
    """Frames of features: two convolutions over time, then stretches of time, each a soft token."""

    def __init__(self, width: int, hidden: int, *, tokens: int, size: float, inner: int = 128) -> None:
        super().__init__()
        self.tokens = tokens
        self.first = nn.Conv1d(width, inner, 3, padding=1)
        self.second = nn.Conv1d(inner, inner, 3, padding=1)
        self.solved = nn.Linear(inner, hidden)
        self.last = ToEmbeddings(hidden, size=size)

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """(batch, frames, width) -> (batch, tokens, hidden)."""
        time = nn.functional.gelu(self.first(vectors.transpose(1, 2)))
        time = nn.functional.gelu(self.second(time))
        stretches = nn.functional.adaptive_avg_pool1d(time, self.tokens).transpose(1, 2)
        scaled: torch.Tensor = self.last(self.solved(stretches))
        return scaled


class ColumnEncoder(FileEncoder):
    """Table rows: a vector per cell (as the feature tokenizer of FT-Transformer, arXiv 2106.11959), mixed to few
    tokens.

    A number moves its column's vector along a learnt direction; a category adds a vector of its own; a missing value
    has the vector that its column has for missing values.
    """

    def __init__(
        self, columns: int, categories: int, hidden: int, *, tokens: int, size: float, inner: int = 64
    ) -> None:
        """`categories`: number of categories of all columns together, and one more for those that training did not
        have."""
        super().__init__()
        self.tokens = tokens
        self.slope = nn.Parameter(torch.randn(columns, inner))
        self.offset = nn.Parameter(torch.randn(columns, inner))
        self.absent = nn.Parameter(torch.zeros(columns, inner))
        self.category = nn.Embedding(categories, inner)
        self.mix = nn.Linear(columns, tokens)
        self.third = nn.Sequential(nn.Linear(inner, hidden), nn.GELU())
        self.solved = nn.Linear(hidden, hidden)
        self.last = ToEmbeddings(hidden, size=size)

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """(batch, columns, 3) -> (batch, tokens, hidden); a cell is its number, its category and whether it is
        missing."""
        number, category, missing = vectors.unbind(-1)
        cells = number.unsqueeze(-1) * self.slope + self.offset + self.category(category.long())
        cells = cells + missing.unsqueeze(-1) * self.absent
        mixed = self.mix(nn.functional.gelu(cells).transpose(1, 2)).transpose(1, 2)
        scaled: torch.Tensor = self.last(self.solved(self.third(mixed)))
        return scaled


def embedding_size(model: object) -> float:
    """Root mean square of a component of the model's word embeddings; 1 for a model whose weights hold no data."""
    weight = model.get_input_embeddings().weight  # type: ignore[attr-defined]
    return 1.0 if weight.is_meta else float(weight.detach().float().square().mean().sqrt())
