"""Whether a plan fits a memory."""

from __future__ import annotations

from dataclasses import dataclass

GPU_GIB = (24, 40, 48, 80)
USABLE = 0.98
"""Of a GPU's nominal GiB, as drivers report it: 79.6 of 80 on an H100, 39.6 of 40 on an A100."""


@dataclass(frozen=True)
class Fit:
    """One memory and whether the plan stays below it."""

    where: str
    bytes: int
    fits: bool


def gpu_fits(peak: int) -> list[Fit]:
    """For the usual sizes of GPU."""
    sizes = [(f"{gib} GB", round(gib * 2**30 * USABLE)) for gib in GPU_GIB]
    return [Fit(name, size, peak <= size) for name, size in sizes]


def machine_fit(peak: int, kind: str) -> Fit | None:
    """For this machine: its memory, or its first GPU; None for CUDA where there is none."""
    if kind == "cpu":
        import psutil

        size = int(psutil.virtual_memory().total)
        return Fit("this machine", size, peak <= size)
    import torch

    if not torch.cuda.is_available():
        return None
    size = int(torch.cuda.get_device_properties(0).total_memory)
    return Fit("this machine's GPU", size, peak <= size)
