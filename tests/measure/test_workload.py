from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.measure.device import Device
from harness.measure.workload import WorkloadMeter, is_busy

CPU = Device("cpu", "a CPU, 2 cores", threads=2, dtype="float32")
GPU = Device("cuda", "NVIDIA L4", threads=16, dtype="bfloat16")


class Clock:
    """A clock and the counters of a machine with two cores, moved by hand."""

    def __init__(self, stat: Path, patch: pytest.MonkeyPatch) -> None:
        self.stat, self.now, self.own, self.all = stat, 100.0, 5.0, 50.0
        patch.setattr("harness.measure.workload.time.perf_counter", lambda: self.now)
        patch.setattr("harness.measure.workload._own_seconds", lambda: self.own)
        patch.setattr("harness.measure.workload.os.sysconf", lambda name: 100)
        self.write()

    def write(self) -> None:
        ticks = round(100 * self.all)
        self.stat.write_text(f"cpu  {ticks} 0 0 99999 7 0 0 0 0 0\ncpu0 1 0 0\ncpu1 1 0 0\nintr 5\n", encoding="ascii")

    def work(self, seconds: float, *, own: float, others: float) -> None:
        self.now += seconds
        self.own += own
        self.all += own + others
        self.write()


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "stat", monkeypatch)


def test_the_share_of_other_processes_is_what_the_machine_did_beside_this_one(clock: Clock) -> None:
    meter = WorkloadMeter(clock.stat)
    clock.work(100.0, own=120.0, others=60.0)
    found = meter.result(CPU)
    assert found.cpu_seconds == pytest.approx(120.0)
    assert found.others_share == pytest.approx(0.3)
    assert found.busy is True


def test_the_services_of_a_quiet_machine_do_not_make_it_busy(clock: Clock) -> None:
    meter = WorkloadMeter(clock.stat)
    clock.work(100.0, own=190.0, others=4.0)
    assert meter.result(CPU).busy is False


def test_without_counters_only_the_own_cpu_time_is_known(tmp_path: Path) -> None:
    found = WorkloadMeter(tmp_path / "missing").result(CPU)
    assert (found.others_share, found.busy) == (None, None)
    assert found.cpu_seconds >= 0


def test_counters_that_stand_still_belong_to_another_machine(clock: Clock) -> None:
    meter = WorkloadMeter(clock.stat)
    clock.work(100.0, own=190.0, others=-190.0)
    assert meter.result(CPU).busy is None


def test_a_phase_of_less_than_a_second_is_too_short_to_judge(clock: Clock) -> None:
    meter = WorkloadMeter(clock.stat)
    clock.work(0.5, own=0.1, others=0.9)
    assert meter.result(CPU).busy is None


def test_other_work_on_a_large_machine_leaves_enough_cores() -> None:
    assert is_busy(0.3, cores=2, device=CPU)
    assert not is_busy(0.3, cores=64, device=CPU)
    assert is_busy(0.97, cores=64, device=CPU)
    assert not is_busy(0.3, cores=16, device=GPU)  # a GPU needs few cores beside it, whatever torch's threads


@pytest.mark.skipif(
    not Path("/proc/stat").exists(),
    reason="only Linux tells the CPU time of other processes (/proc/stat); elsewhere a record says null",
)
def test_a_child_that_computes_is_own_work() -> None:
    spin = "import time\nend = time.time() + 1.2\nwhile time.time() < end: pass"
    meter = WorkloadMeter()
    child = subprocess.Popen([sys.executable, "-c", spin])
    while child.poll() is None:
        time.sleep(0.05)
    found = meter.result(CPU)
    assert found.cpu_seconds > 0.3
    assert found.others_share is None or 0 <= found.others_share <= 1
