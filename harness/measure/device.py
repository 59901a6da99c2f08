"""The device that computes: CUDA if there is one, else the CPU."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from harness.measure.matmul import use_onednn_if_exact


@dataclass(frozen=True)
class Device:
    """Where tensors live, and in which precision they are computed."""

    kind: Literal["cuda", "cpu"]
    name: str
    """The name that the driver (GPU) or the kernel (CPU) reports."""
    threads: int
    """CPU threads that torch computes with."""
    dtype: str
    """Dtype of frozen weights and of scoring: `float32` or `bfloat16`. What is trained is float32 on every device."""
    mixed: bool = False
    """Whether training multiplies matrices in bfloat16 although `dtype` is float32."""

    @property
    def torch_dtype(self) -> Any:
        """The dtype as a torch object."""
        import torch

        return getattr(torch, self.dtype)

    @property
    def training_precision(self) -> str:
        """The precision of training: `float32`, or `mixed`.

        `mixed`: matrices are multiplied in bfloat16, and what is trained, its gradients and its optimiser state are
        float32.
        """
        return "mixed" if self.mixed or self.dtype == "bfloat16" else "float32"

    @property
    def gpus(self) -> int:
        """Number of GPUs that one stage uses: one with CUDA, however many are visible; none on a CPU."""
        return 1 if self.kind == "cuda" else 0

    def in_float32(self) -> Device:
        """The same device for a model whose weights must all be float32."""
        return replace(self, dtype="float32", mixed=self.training_precision == "mixed")


def prepare_device(precision: str) -> Device:
    """Choose the device of this process and its precision, and select the faster exact matrix library on a CPU.

    Of several visible GPUs the first is used, so that memory, energy and price are those of one GPU. To choose
    another GPU, set CUDA_VISIBLE_DEVICES.

    `precision` is the setting of params.yaml. `auto` means

    - bfloat16 on a GPU with bfloat16 instructions;
    - float32 on any other GPU (T4, V100), where torch can only emulate bfloat16;
    - float32 weights on a CPU. Training multiplies in bfloat16 if the CPU has instructions for it. Scoring stays in
      float32, because bfloat16 scores had ties and changed answers.
    """
    import torch

    if torch.cuda.is_available():
        wide = "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
        dtype = wide if precision == "auto" else precision
        return Device("cuda", torch.cuda.get_device_name(0), torch.get_num_threads(), dtype)
    dtype = "float32" if precision == "auto" else precision
    use_onednn_if_exact()
    mixed = precision == "auto" and multiplies_bfloat16(torch.cpu.get_capabilities())
    return Device("cpu", cpu_name(), torch.get_num_threads(), dtype, mixed=mixed)


def multiplies_bfloat16(capabilities: Mapping[str, Any]) -> bool:
    """Whether a CPU has instructions for products in bfloat16, given the result of torch.cpu.get_capabilities().

    Without these instructions, products in bfloat16 take three times as long as in float32.
    """
    return any(capabilities.get(name) is True for name in ("avx512_bf16", "amx_bf16"))


def cpu_name() -> str:
    """Model of the CPU and number of its logical cores."""
    cpuinfo = Path("/proc/cpuinfo")
    model = platform.processor() or platform.machine()
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return f"{model}, {os.cpu_count()} cores"
