"""Bytes of an optimiser's state: the two moments of AdamW, in 32 or 8 bits, on the device or paged.

A paged optimiser (bitsandbytes, introduced with QLoRA, arXiv 2305.14314) keeps its moments in memory that GPU and host
share. When the GPU is full, the driver moves them to the host, so they need no room at the peak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TORCH = ("adamw_torch", "adamw_torch_fused")
"""Optimisers of torch. The plan runs torch's AdamW to count them."""
BITS = {
    "adamw_8bit": 8,
    "adamw_bnb_8bit": 8,
    "paged_adamw_8bit": 8,
    "paged_adamw_32bit": 32,
}
"""Optimisers of bitsandbytes -> bits per moment. They update parameters in place, without temporary tensors."""
PAGED = ("paged_adamw_8bit", "paged_adamw_32bit")

BLOCK = 256
"""Moments that share one float32 scale in the 8-bit optimisers."""
SMALLEST_8_BIT = 4096
"""Parameters with fewer elements keep 32-bit moments (`min_8bit_size` of bitsandbytes)."""
SMALLEST_PAGED = 100_000
"""Parameters with fewer elements keep their moments on the GPU (`get_state_buffer` of bitsandbytes)."""


@dataclass(frozen=True)
class Moments:
    """Bytes of both moments of all trained parameters."""

    on_device: int
    paged: int


def moments(model: Any, optim: str) -> Moments:
    """The state of an optimiser in `BITS` for the model's trained parameters."""
    import torch

    # transformers' Trainer keeps the moments of embeddings in 32 bits
    embeddings = {id(module.weight) for module in model.modules() if isinstance(module, torch.nn.Embedding)}
    on_device = paged = 0
    for parameter in model.parameters():
        if not parameter.requires_grad:
            continue
        bits = 32 if id(parameter) in embeddings else BITS[optim]
        size = moment_bytes(parameter.numel(), bits=bits)
        if optim in PAGED and parameter.numel() >= SMALLEST_PAGED:
            paged += size
        else:
            on_device += size
    return Moments(on_device, paged)


def moment_bytes(elements: int, *, bits: int) -> int:
    """Bytes of the two moments of a parameter with so many elements."""
    if bits == 32 or elements < SMALLEST_8_BIT:
        return 2 * 4 * elements
    return 2 * (elements + 4 * -(-elements // BLOCK))
