"""Which implementation of attention a model trains with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from harness.measure.device import Device


@contextmanager
def attention_for_training(model: Any, device: Device) -> Iterator[None]:
    """Use `eager` attention while a CPU trains with bfloat16 products; otherwise keep the model's implementation.

    torch's fused attention has a slow backward pass in bfloat16 on CPUs (seen with torch 2.13 on an AMD EPYC). On
    CUDA transformers chooses torch's fused attention, which is flash attention where the GPU supports it. The
    previous implementation is restored at the end.
    """
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    before = inner.config._attn_implementation
    if not device.mixed or device.kind != "cpu" or before == "eager":
        yield
        return
    inner.set_attn_implementation("eager")
    try:
        yield
    finally:
        inner.set_attn_implementation(before)
