"""For memory plans, whose tensors hold no data: the parts of a model that read files, without any file.

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from harness.models.media_tokens.shown import PARTS


def plan_soft_tokens(model: Any, encoder: nn.Module, *, shape: tuple[int, int], tower: nn.Module | None) -> None:
    """The first tokens of every row are made by `encoder`, as they are of files. `shape`: (places, width) of its
    input."""

    def made(layer: Any, inputs: Any, words: Any) -> Any:
        soft = encoder(words.new_zeros((len(words), *shape), dtype=torch.float32))
        room = min(soft.shape[1], words.shape[1] - 1)
        return torch.cat((soft[:, :room].to(words.dtype), words[:, room:]), dim=1)

    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    inner.get_input_embeddings().register_forward_hook(made)
    inner.add_module(PARTS, nn.ModuleDict({"encoder": encoder, **({"tower": tower} if tower else {})}))


def plan_gated_attention(
    model: Any,
    resampler: nn.Module,
    blocks: nn.ModuleList,
    layers: Any,
    *,
    shape: tuple[int, int],
    tower: nn.Module | None,
) -> None:
    """Each of `blocks` works before its layer, on every token of every row."""

    def before_layer(block: nn.Module) -> Any:
        def looked(layer: Any, inputs: tuple[Any, ...], named: dict[str, Any]) -> Any:
            states, *others = inputs
            return (block(states, latents[-1]), *others), named

        return looked

    latents: list[Any] = []

    def embedded(layer: Any, inputs: Any, words: Any) -> None:
        latents[:] = [resampler(words.new_zeros((len(words), *shape), dtype=torch.float32))]

    model.get_input_embeddings().register_forward_hook(embedded)
    for block, layer in zip(blocks, layers, strict=True):
        layer.register_forward_pre_hook(before_layer(block), with_kwargs=True)
    parts = {"resampler": resampler, "blocks": blocks, **({"tower": tower} if tower else {})}
    model.add_module(PARTS, nn.ModuleDict(parts))
