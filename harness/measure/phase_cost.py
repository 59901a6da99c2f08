"""Everything that a phase costs, measured by one meter: wall time, CPU time, other work beside it, energy."""

from __future__ import annotations

import time

from harness.measure.device import Device
from harness.measure.energy import EnergyMeter
from harness.measure.workload import WorkloadMeter
from harness.records.run_record import Cost


class CostMeter:
    """Measure the phase that begins when the meter is created."""

    def __init__(self) -> None:
        self._energy, self._workload, self._started = EnergyMeter(), WorkloadMeter(), time.perf_counter()

    def cost(self, device: Device, *, at_least: float = 0.0) -> Cost:
        """The cost so far.

        Args:
            device: where the phase computed.
            at_least: seconds of all parts of the phase, including those of an interrupted process that this one
                continues. Its CPU time is not known then.
        """
        seconds = time.perf_counter() - self._started
        work = self._workload.result(device)
        return Cost(
            seconds=round(max(seconds, at_least), 3),
            cpu_seconds=round(work.cpu_seconds, 3) if at_least <= seconds else None,
            others_share=None if work.others_share is None else round(work.others_share, 4),
            busy=work.busy,
            energy_wh=self._energy.watt_hours(),
        )
