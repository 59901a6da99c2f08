"""A base model whose linear layers hold 4-bit weights (bitsandbytes), on a CPU or on CUDA."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.errors import RunFailed
from harness.measure.device import Device
from harness.models.causal_lm import load_folder
from harness.models.loaded import LanguageModel


def load_four_bit(folder: Path, device: Device, *, quant_type: str, double_quant: bool) -> LanguageModel:
    """The model of a folder, quantised while it is loaded. It computes in the device's dtype.

    Raises:
        RunFailed: bitsandbytes does not support 4-bit weights on this device.
        DataError: the folder holds no model.
    """
    from transformers import BitsAndBytesConfig

    require_four_bit(device)
    loaded = load_folder(
        folder,
        device,
        quantization=BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type=quant_type,
            bnb_4bit_use_double_quant=double_quant,
            bnb_4bit_compute_dtype=device.torch_dtype,
        ),
    )
    never_repack(loaded.model)
    return loaded


def require_four_bit(device: Device) -> None:
    """Check the device by quantising a few numbers there and turning them back.

    Raises:
        RunFailed: bitsandbytes does not support 4-bit weights on this device.
    """
    import torch

    try:
        from bitsandbytes.functional import dequantize_4bit, quantize_4bit

        numbers = torch.ones(64, 64, dtype=device.torch_dtype, device=device.kind)
        back = dequantize_4bit(*quantize_4bit(numbers, quant_type="nf4", compress_statistics=True))
        works = bool(torch.isfinite(back).all())
    except (ImportError, RuntimeError, NotImplementedError, AttributeError, OSError) as error:
        raise RunFailed(f"refused: bitsandbytes does not support 4-bit weights on {device.name}: {error}") from error
    if not works:
        raise RunFailed(f"refused: bitsandbytes turns 4-bit weights back into wrong numbers on {device.name}")


def never_repack(model: Any) -> None:
    """Keep the weights in the layout that gradients can pass.

    On CPUs with AVX512-BF16, bitsandbytes (0.50) packs a layer's weights for inference, with bfloat16 scales, when the
    layer is first called outside training. From then on no gradient passes the layer: computing the model's outputs
    once before the training would keep it from learning. Scores would also be computed with other numbers than the
    training used.
    """
    from bitsandbytes.nn.modules import Linear4bit

    for layer in model.modules():
        if isinstance(layer, Linear4bit):
            layer.support_avx512bf16_for_cpu = False
