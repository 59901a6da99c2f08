"""A stand-in for a 4-bit linear layer (NF4 with double quantisation), for counting bytes only.

QLoRA: Dettmers et al. 2023, arXiv 2305.14314.
"""

from __future__ import annotations

from typing import Any

import torch

BLOCK = 64
"""Weights that share one scale. The scale is stored in 8 bits."""
SCALE_BLOCK = 256
"""Scales that share one float32 scale of their own (double quantisation)."""


class _Product(torch.autograd.Function):
    """x W^T. W is unpacked in the forward pass and again in the backward pass, as in bitsandbytes."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, packed: torch.Tensor, layer: FourBitLinear) -> torch.Tensor:
        ctx.save_for_backward(packed)
        ctx.layer, ctx.dtype = layer, x.dtype
        return torch.nn.functional.linear(x, layer.unpacked(x.dtype))

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        return gradient @ ctx.layer.unpacked(ctx.dtype).to(gradient.dtype), None, None


class FourBitLinear(torch.nn.Module):
    """Replaces a frozen linear layer; its weight is a packed byte tensor."""

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
        """A new tensor with the shape of the unpacked weights."""
        return torch.empty(self.out_features, self.in_features, dtype=dtype)


def packed_bytes(weights: int) -> int:
    """Half a byte per weight, 1 byte per 64 weights and 4 bytes per 64 x 256 weights: 4.127 bits per weight."""
    scales = -(-weights // BLOCK)
    return -(-weights // 2) + scales + 4 * -(-scales // SCALE_BLOCK)


def pack_frozen_linear_layers(model: Any) -> None:
    """Replace all frozen linear layers of the model by 4-bit ones, in place. The output layer stays as it is."""
    output = model.get_output_embeddings()
    for module in list(model.modules()):
        for name, layer in list(module.named_children()):
            if type(layer) is torch.nn.Linear and layer is not output and not layer.weight.requires_grad:
                setattr(module, name, FourBitLinear(layer))


def _bytes_like(layer: torch.nn.Linear, size: int) -> torch.Tensor:
    return torch.empty(size, dtype=torch.uint8, device=layer.weight.device)
