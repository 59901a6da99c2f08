"""Compute logits in float32 although the model's weights are bfloat16.

bfloat16 keeps 8 bits, so that logits near 20 lie on a grid of 1/8 nat. Different choices then often have exactly equal
likelihoods. Products of bfloat16 states and weights are exact in float32, and only the last layer has to be computed
that way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import nn

NARROW = (torch.bfloat16, torch.float16)
BLOCK_BYTES = 2**28
"""Most bytes of weights that are converted at once. All weights of an output layer of 152,000 tokens and 3,584 states
take 2.2 GB in float32."""


@contextmanager
def float32_logits(model: Any) -> Iterator[None]:
    """Within the block, the layer that gives logits computes in float32. A model with float32 weights is not touched.

    `model`: a transformers model, with a peft adapter or without.
    """
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    layers = _narrow_layers(inner.get_output_embeddings() if hasattr(inner, "get_output_embeddings") else None)
    before = [vars(layer).copy() for layer in layers]
    for layer in layers:
        vars(layer)["forward"] = partial(_product, layer)  # found before the method of the class
    try:
        yield
    finally:
        for layer, attributes in zip(layers, before, strict=True):
            del vars(layer)["forward"]
            if "forward" in attributes:
                vars(layer)["forward"] = attributes["forward"]


def _narrow_layers(head: nn.Module | None) -> list[nn.Linear]:
    """The linear layers with narrow weights in the layer that gives logits, which an adapter may have wrapped."""
    layers = [] if head is None else head.modules()
    return [layer for layer in layers if isinstance(layer, nn.Linear) and layer.weight.dtype in NARROW]


def _product(layer: nn.Linear, states: torch.Tensor) -> torch.Tensor:
    """What the layer returns for states of shape (..., width), as float32 of shape (..., outputs)."""
    wide = states.float()
    logits = wide.new_empty((*states.shape[:-1], layer.out_features))
    rows = max(BLOCK_BYTES // (4 * layer.in_features), 1)
    for start in range(0, layer.out_features, rows):
        block = slice(start, start + rows)
        bias = None if layer.bias is None else layer.bias[block].float()
        logits[..., block] = nn.functional.linear(wide, layer.weight[block].float(), bias)
    return logits
