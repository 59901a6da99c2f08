"""A linear layer in 4 bits (NF4 with double quantisation), for counting bytes only.

QLoRA: Dettmers et al. 2023, arXiv 2305.14314.
"""

from __future__ import annotations

from typing import Any

import torch

BLOCK = 64
"""Weights that share one scale, which is itself kept in 8 bits..."""
SCALE_BLOCK = 256
"""...and so many scales share one float32."""


class _Product(torch.autograd.Function):
    """x W^T, for which W is unpacked in the forward and once more in the backward pass, as bitsandbytes does."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, packed: torch.Tensor, layer: FourBitLinear) -> torch.Tensor:
        ctx.save_for_backward(packed)
        ctx.layer, ctx.dtype = layer, x.dtype
        return torch.nn.functional.linear(x, layer.unpacked(x.dtype))

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        return gradient @ ctx.layer.unpacked(ctx.dtype).to(gradient.dtype), None, None


class FourBitLinear(torch.nn.Module):
    """Takes the place of a frozen linear layer."""

    def __init__(self, layer: torch.nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features, self.compute = layer.in_features, layer.out_features, layer.weight.dtype
        weights = layer.weight.numel()
        self.packed = torch.nn.Parameter(_bytes_like(layer, packed_bytes(weights)), requires_grad=False)
        self.bias = layer.bias

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in_features) -> (..., out_features)."""
        if torch.is_autocast_enabled("cpu"):
            x = x.to(torch.get_autocast_dtype("cpu"))
        product: torch.Tensor = _Product.apply(x, self.packed, self)  # type: ignore[no-untyped-call]
        return product if self.bias is None else product + self.bias

    def unpacked(self, dtype: torch.dtype) -> torch.Tensor:
        """A new tensor of the full weights' size."""
        return torch.empty(self.out_features, self.in_features, dtype=dtype)


def packed_bytes(weights: int) -> int:
    """Half a byte each, a byte for every 64, four bytes for every 64 x 256: 4.127 bits a weight."""
    scales = -(-weights // BLOCK)
    return -(-weights // 2) + scales + 4 * -(-scales // SCALE_BLOCK)


def pack_frozen_linear_layers(model: Any) -> None:
    """All but the output layer, in place."""
    output = model.get_output_embeddings()
    for module in list(model.modules()):
        for name, layer in list(module.named_children()):
            if type(layer) is torch.nn.Linear and layer is not output and not layer.weight.requires_grad:
                setattr(module, name, FourBitLinear(layer))


def _bytes_like(layer: torch.nn.Linear, size: int) -> torch.Tensor:
    return torch.empty(size, dtype=torch.uint8, device=layer.weight.device)
