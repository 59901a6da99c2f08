"""Energy of a block of code, where the machine can tell: RAPL counters of the CPU, NVML counter of the GPU."""

from __future__ import annotations

import sys
from pathlib import Path

RAPL = Path("/sys/class/powercap")
MICROJOULES_PER_WH = 3.6e9


class EnergyMeter:
    """Starts when made; `watt_hours()` tells what was used since, or None.

    The counters are of the whole machine: on a shared one they include the neighbours.
    """

    def __init__(self, rapl: Path = RAPL) -> None:
        self._zones = [zone for zone in sorted(rapl.glob("intel-rapl:?")) if _readable(zone / "energy_uj")]
        self._start = {zone: _counter(zone / "energy_uj") for zone in self._zones}
        self._gpu_start = _gpu_millijoules()

    def watt_hours(self) -> float | None:
        """Watt-hours since the meter was made; None if no counter can be read."""
        used: float | None = None
        for zone in self._zones:
            delta = _counter(zone / "energy_uj") - self._start[zone]
            if delta < 0:  # the counter wrapped
                delta += _counter(zone / "max_energy_range_uj")
            used = (used or 0.0) + delta / MICROJOULES_PER_WH
        gpu = _gpu_millijoules()
        if gpu is not None and self._gpu_start is not None:
            used = (used or 0.0) + (gpu - self._gpu_start) / 3.6e6
        return used


def _gpu_millijoules() -> int | None:
    torch = sys.modules.get("torch")
    if not torch or not torch.cuda.is_available():
        return None
    try:
        import pynvml
    except ModuleNotFoundError:  # the extra `gpu` is not installed
        return None
    try:
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByIndex(torch.cuda.current_device())
        return int(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle))
    except pynvml.NVMLError:  # GPUs before Volta have no counter
        return None


def _readable(path: Path) -> bool:
    try:
        path.read_text()
    except OSError:  # since 2020 kernels allow it to root only
        return False
    return True


def _counter(path: Path) -> int:
    return int(path.read_text())
