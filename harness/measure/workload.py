"""CPU time of a phase, and whether other processes kept the machine busy meanwhile.

Wall time says what a method takes only on a quiet machine: the same training took 83 s alone, and 843 s beside other
work.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from harness.measure.device import Device

STAT = Path("/proc/stat")

BUSY_SHARE = 0.10
"""Above this share of the machine's CPU time, taken by other processes, the machine was busy.

The services of an otherwise idle machine take 1 or 2 %. A tenth taken away makes a phase that uses all cores about a
ninth longer, which is as much as two runs on a quiet machine differ. Beyond that, seconds describe the other work too.
"""

NEEDED_PER_THREAD = 2
"""Cores that a computing thread needs for itself: two hardware threads of one core share its arithmetic units."""

NEEDED_BESIDE_GPU = 4
"""Cores that a process needs to keep a GPU at work: Python, the backward pass, the driver, the loading of data."""

SHORTEST = 1.0
"""Seconds. In a shorter phase one tick of the kernel's counters (10 ms) and one short burst weigh too much."""


@dataclass(frozen=True)
class Workload:
    """What a phase and its neighbours used. null: not measured."""

    cpu_seconds: float
    """CPU time of the process and its children, in user and in system mode."""
    others_share: float | None
    """Share of the machine's CPU time that all other processes took, 0 to 1."""
    busy: bool | None
    """Whether other processes probably made the phase longer."""


class WorkloadMeter:
    """Measure the CPU time that is used after the meter is created.

    The counters of `/proc/stat` are those of the whole machine, in a container too. Where that file is missing, only
    the own CPU time is measured. Other processes on a GPU are not seen.
    """

    def __init__(self, stat: Path = STAT) -> None:
        self._stat = stat
        self._own, self._all, self._started = _own_seconds(), _machine_seconds(stat), time.perf_counter()

    def result(self, device: Device) -> Workload:
        """The workload since the meter was created; `device` is where the phase computed."""
        own, seconds = max(_own_seconds() - self._own, 0.0), time.perf_counter() - self._started
        now = _machine_seconds(self._stat)
        if self._all is None or now is None or seconds < SHORTEST:
            return Workload(own, None, None)
        capacity = now[1] * seconds
        others = now[0] - self._all[0] - own
        if others < -0.1 * own:  # not this machine's counters
            return Workload(own, None, None)
        share = min(max(others / capacity, 0.0), 1.0)
        return Workload(own, share, is_busy(share, cores=now[1], device=device))


def is_busy(others_share: float, *, cores: int, device: Device) -> bool:
    """Whether others took more than `BUSY_SHARE`, and left fewer cores than the phase needs.

    On a machine with many cores others may take a part of them without a disturbance.
    """
    needed = NEEDED_BESIDE_GPU if device.kind == "cuda" else NEEDED_PER_THREAD * device.threads
    return others_share > BUSY_SHARE and (1 - others_share) * cores < needed


def _own_seconds() -> float:
    """CPU seconds of this process, its children that ended, and those that still run."""
    own = os.times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in psutil.Process().children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:  # it ended meanwhile
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def _machine_seconds(stat: Path) -> tuple[float, int] | None:
    """(CPU seconds that all cores worked since the start of the machine, cores); None without the counters.

    Time that the hypervisor gave to other machines (`steal`) counts as work: it was taken away as well.
    """
    try:
        lines = stat.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    total = next((line.split()[1:] for line in lines if line.startswith("cpu ")), [])
    cores = sum(line.startswith("cpu") and line[3:4].isdigit() for line in lines)
    if len(total) < 8 or not cores:
        return None
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, total[:8])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK"), cores
