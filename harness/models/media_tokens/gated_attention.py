"""Flamingo (Alayrac et al. 2022, arXiv 2204.14198): frozen layers of a language model, and between them new ones that
look at a file.

    vectors of a file --Resampler--> a few latents
    tokens --> [GatedAttention] --> layer --> layer --> [GatedAttention] --> layer ...

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from harness.models.media_tokens.shown import Shown

HEAD = 64
"""Width of an attention head."""


class Attention(nn.Module):
    """Queries of one kind look at states of another."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = width // HEAD if width % HEAD == 0 else 1
        self.query, self.key, self.value, self.out = (nn.Linear(width, width, bias=False) for _ in range(4))

    def forward(self, states: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        """`states`: (batch, places, width); `seen`: (batch, others, width) -> the shape of `states`."""
        parts = (self.query(states), self.key(seen), self.value(seen))
        query, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value)
        found: torch.Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return found


def feed_forward(width: int, *, times: int = 2) -> nn.Module:
    """The part after an attention: each place by itself."""
    inner = width * times
    return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, inner), nn.GELU(), nn.Linear(inner, width))


class Resampler(nn.Module):
    """A fixed number of latents that look at the vectors of a file (Perceiver: Jaegle et al. 2021, arXiv
    2103.03206)."""

    def __init__(self, width: int, hidden: int, *, places: int, latents: int, depth: int) -> None:
        super().__init__()
        self.project = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, hidden))
        self.place = nn.Parameter(torch.randn(places, hidden) * 0.02)
        self.latents = nn.Parameter(torch.randn(latents, hidden))
        self.attend = nn.ModuleList(Attention(hidden) for _ in range(depth))
        self.feed = nn.ModuleList(feed_forward(hidden) for _ in range(depth))
        self.norms = nn.ModuleList(nn.LayerNorm(hidden) for _ in range(depth))
        self.last = nn.LayerNorm(hidden)

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """(files, places, width) -> (files, latents, hidden)."""
        seen = self.project(vectors) + self.place
        latents = self.latents.expand(len(vectors), -1, -1)
        for attend, feed, norm in zip(self.attend, self.feed, self.norms, strict=True):
            normed = norm(latents)
            latents = latents + attend(normed, torch.cat((seen, normed), dim=1))
            latents = latents + feed(latents)
        normed_latents: torch.Tensor = self.last(latents)
        return normed_latents


class GatedAttention(nn.Module):
    """Attention to the latents and a feed-forward part, both behind a gate tanh(0) = 0: the model begins as its
    base."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.norm, self.attend, self.feed = nn.LayerNorm(hidden), Attention(hidden), feed_forward(hidden)
        self.attend_gate, self.feed_gate = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))

    def forward(self, states: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        """`states`: (batch, places, hidden); `latents`: (batch, number, hidden) -> the shape and dtype of `states`."""
        wide: torch.Tensor = states.to(self.attend_gate.dtype)
        wide = wide + self.attend_gate.tanh() * self.attend(self.norm(wide), latents)
        wide = wide + self.feed_gate.tanh() * self.feed(wide)
        return wide.to(states.dtype)


class MarkedInput(Shown):
    """Tokens whose id says which file they look at: the tokens of a prompt, and not those of an answer.

    Each call of the model finds the file in the ids that it is given. So it does not matter which part of a text goes
    through the model by itself, or comes from a key-value cache: a token looks at its file when it is read, and never
    again.
    """

    resampler: nn.Module | None = None
    _latents: torch.Tensor | None = None
    """Of the file of each row: shape (rows, latents, hidden). Null: no token of this call looks at a file."""
    _looks: torch.Tensor | None = None
    """Which tokens look: shape (rows, tokens, 1)."""

    def look(self, resampler: nn.Module, blocks: Sequence[nn.Module], layers: Sequence[nn.Module]) -> None:
        """From now on each of `blocks` works before the layer at the same place of `layers`."""
        self.resampler = resampler
        for block, layer in zip(blocks, layers, strict=True):
            layer.register_forward_pre_hook(self._before_layer(block), with_kwargs=True)

    def _before(self, layer: Any, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...] | None:
        ids, self._latents = inputs[0], None
        looks = ids >= self.ids.vocabulary
        if not bool(looks.any()):
            return None
        if self.resampler is None:
            raise ValueError("a file was shown to a model that has no resampler yet")
        beyond = ids - self.ids.vocabulary
        files = (beyond // self.ids.span).masked_fill(~looks, -1).amax(1)  # a row has one file; -1: none
        keys, place = torch.unique(files, return_inverse=True)
        keys, place = (keys[1:], place - 1) if int(keys[0]) < 0 else (keys, place)
        latents = self.resampler(self.store.vectors(keys.tolist()).to(ids.device))
        self._latents, self._looks = latents[place.clamp(min=0)], looks.unsqueeze(-1)
        return (torch.where(looks, beyond % self.ids.span, ids),)

    def _before_layer(self, block: nn.Module) -> Any:
        def looked(layer: Any, inputs: tuple[Any, ...], named: dict[str, Any]) -> Any:
            if self._latents is None or self._looks is None:
                return None
            states, *others = inputs
            seen = torch.where(self._looks, block(states, self._latents), states)
            return (seen, *others), named

        return looked


def decoder_layers(model: Any) -> nn.ModuleList | None:
    """The layers of a causal language model, in order; null if there is no list of as many modules."""
    wanted = model.config.get_text_config().num_hidden_layers
    lists = (module for module in model.modules() if isinstance(module, nn.ModuleList))
    return next((found for found in lists if len(found) == wanted), None)
