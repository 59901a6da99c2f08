"""The device that computes: CUDA if there is one, else the CPU."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harness.measure.matmul import use_onednn_if_exact


@dataclass(frozen=True)
class Device:
    """Where tensors live and in which precision they are computed."""

    kind: Literal["cuda", "cpu"]
    name: str
    """As the driver or the kernel calls it."""
    threads: int
    """CPU threads that torch computes with."""
    dtype: str
    """Of weights and of scoring: `float32` or `bfloat16`."""
    mixed: bool = False
    """Whether training multiplies in bfloat16 while weights, optimiser and sums stay float32."""

    @property
    def torch_dtype(self) -> Any:
        """The dtype as torch spells it."""
        import torch

        return getattr(torch, self.dtype)

    @property
    def training_precision(self) -> str:
        """`mixed`, `float32` or `bfloat16`: what a training computes in."""
        return "mixed" if self.mixed else self.dtype


def prepare_device(precision: str) -> Device:
    """What this process computes with, set up to be fast.

    `precision` as in params.yaml; `auto` means bfloat16 on a GPU that computes it, else float32 weights, with products
    in bfloat16 while training on a CPU that has instructions for them. Scoring stays float32 there: in bfloat16 it
    gave ties and other answers.
    """
    import torch

    if torch.cuda.is_available():
        wide = "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
        dtype = wide if precision == "auto" else precision
        return Device("cuda", torch.cuda.get_device_name(0), torch.get_num_threads(), dtype)
    dtype = "float32" if precision == "auto" else precision
    use_onednn_if_exact()
    mixed = precision == "auto" and multiplies_bfloat16(torch.cpu.get_capabilities())
    return Device("cpu", _cpu_name(), torch.get_num_threads(), dtype, mixed=mixed)


def multiplies_bfloat16(capabilities: Mapping[str, Any]) -> bool:
    """Whether a CPU has instructions for products in bfloat16; without them they take three times as long as float32's.

    `capabilities` as torch.cpu.get_capabilities() gives them.
    """
    return any(capabilities.get(name) is True for name in ("avx512_bf16", "amx_bf16"))


def _cpu_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    model = platform.processor() or platform.machine()
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return f"{model}, {os.cpu_count()} cores"
