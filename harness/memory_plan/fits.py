"""Whether a planned peak fits a GPU or this machine. All sizes are decimal: 1 GB is 10^9 bytes."""

from __future__ import annotations

from dataclasses import dataclass

GB = 10**9

GPU_GB = (16, 24, 40, 48, 80)
"""Usual sizes of GPUs. A GPU that is sold as 80 GB has at least 80 x 10^9 bytes."""


@dataclass(frozen=True)
class Fit:
    """One memory, and whether the planned peak is at most its size."""

    where: str
    """Whose memory: `a GPU with 80 GB`."""
    bytes: int
    fits: bool


def gpu_fits(peak: int) -> list[Fit]:
    """One entry per usual size of GPU, for a peak in bytes."""
    return [Fit(f"a GPU with {size} GB", size * GB, peak <= size * GB) for size in GPU_GB]


def machine_fit(peak: int, kind: str) -> Fit | None:
    """For this machine's memory (`cpu`) or its first GPU (`cuda`); None for `cuda` on a machine without a GPU."""
    if kind == "cpu":
        import psutil

        size = int(psutil.virtual_memory().total)
        return Fit(f"this machine's {size / GB:.1f} GB", size, peak <= size)
    import torch

    if not torch.cuda.is_available():
        return None
    size = int(torch.cuda.get_device_properties(0).total_memory)
    return Fit(f"this machine's GPU ({size / GB:.1f} GB)", size, peak <= size)
