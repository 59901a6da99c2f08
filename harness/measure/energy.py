"""Energy of a block of code, from the CPU's RAPL counters and the GPU's NVML counter, where the machine has them."""

from __future__ import annotations

import sys
from pathlib import Path

RAPL = Path("/sys/class/powercap")
MICROJOULES_PER_WH = 3.6e9
MILLIJOULES_PER_WH = 3.6e6


class EnergyMeter:
    """Measure the energy that is used after the meter is created: by the CPU, and by the one GPU that a stage uses.

    The CPU's counters are those of the whole machine: on a shared machine they include other users' work.
    """

    def __init__(self, rapl: Path = RAPL) -> None:
        self._zones = [zone for zone in sorted(rapl.glob("intel-rapl:?")) if _readable(zone / "energy_uj")]
        self._start = {zone: _counter(zone / "energy_uj") for zone in self._zones}
        self._gpu_start = _gpu_millijoules()

    def watt_hours(self) -> float | None:
        """Watt-hours since the meter was created; None if no counter can be read."""
        used: float | None = None
        for zone in self._zones:
            delta = _counter(zone / "energy_uj") - self._start[zone]
            if delta < 0:  # the counter wrapped
                delta += _counter(zone / "max_energy_range_uj")
            used = (used or 0.0) + delta / MICROJOULES_PER_WH
        gpu = _gpu_millijoules()
        if gpu is not None and self._gpu_start is not None:
            used = (used or 0.0) + (gpu - self._gpu_start) / MILLIJOULES_PER_WH
        return used


def _gpu_millijoules() -> int | None:
    """Energy counter of torch's current GPU.

    NVML numbers all GPUs of the machine, torch only those in CUDA_VISIBLE_DEVICES, so the GPU is found by its UUID.
    """
    torch = sys.modules.get("torch")
    if not torch or not torch.cuda.is_available():
        return None
    try:
        import pynvml
    except ModuleNotFoundError:  # the extra `gpu` is not installed
        return None
    uuid = str(torch.cuda.get_device_properties(torch.cuda.current_device()).uuid)
    try:
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid.removeprefix('GPU-')}")
        return int(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle))
    except pynvml.NVMLError:  # GPUs before Volta and slices of a GPU (MIG) have no counter
        return None


def _readable(path: Path) -> bool:
    try:
        path.read_text()
    except OSError:  # since 2020, kernels let only root read it
        return False
    return True


def _counter(path: Path) -> int:
    return int(path.read_text())
