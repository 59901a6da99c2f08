from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest
import torch

from harness.measure.energy import EnergyMeter


def test_energy_is_read_from_the_counters_and_survives_their_wrap(tmp_path: Path) -> None:
    zones = [tmp_path / "intel-rapl:0", tmp_path / "intel-rapl:1"]
    for zone in zones:
        zone.mkdir()
        (zone / "energy_uj").write_text("3600000000")
        (zone / "max_energy_range_uj").write_text("7200000000")
    meter = EnergyMeter(tmp_path)
    (zones[0] / "energy_uj").write_text("7200000000")  # 1 Wh later
    (zones[1] / "energy_uj").write_text("0")  # wrapped: 1 Wh up to the end of its range
    assert meter.watt_hours() == pytest.approx(2.0)


def test_energy_is_null_on_a_machine_without_counters(tmp_path: Path) -> None:
    assert EnergyMeter(tmp_path).watt_hours() is None


class Nvml(types.ModuleType):
    """Two GPUs whose energy counters stand at 1 Wh and at 2 Wh, and rise by 1 Wh with each reading."""

    NVMLError = RuntimeError

    def __init__(self) -> None:
        super().__init__("pynvml")
        self.counters = {"GPU-first": 3_600_000, "GPU-second": 7_200_000}
        self.read: list[str] = []

    def nvmlInit(self) -> None:  # noqa: N802 - the name in pynvml
        """Nothing to prepare."""

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> str:  # noqa: N802 - the name in pynvml
        """The UUID is the handle."""
        if uuid not in self.counters:
            raise self.NVMLError("not found")
        return uuid

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: str) -> int:  # noqa: N802 - the name in pynvml
        """In millijoules."""
        self.read.append(handle)
        self.counters[handle] += 3_600_000
        return self.counters[handle]


def use_gpu(monkeypatch: pytest.MonkeyPatch, uuid: str) -> Nvml:
    """A machine on which CUDA_VISIBLE_DEVICES leaves one GPU: torch calls it 0, whatever NVML calls it."""
    nvml = Nvml()
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: types.SimpleNamespace(uuid=uuid))
    return nvml


@pytest.mark.parametrize("uuid", ["second", "GPU-second"])
def test_energy_is_read_from_the_gpu_that_torch_uses(
    uuid: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvml = use_gpu(monkeypatch, uuid)
    assert EnergyMeter(tmp_path).watt_hours() == pytest.approx(1.0)
    assert set(nvml.read) == {"GPU-second"}


def test_energy_is_null_for_a_gpu_that_nvml_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_gpu(monkeypatch, "slice-of-a-gpu")
    assert EnergyMeter(tmp_path).watt_hours() is None
