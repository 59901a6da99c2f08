from datetime import date
from pathlib import Path

import pytest

from harness.config.params import Prices
from harness.errors import ConfigError
from harness.measure.cost import hourly_price
from harness.measure.device import prepare_device
from harness.measure.energy import EnergyMeter
from harness.measure.memory import PeakMemory
from harness.measure.phases import Phases
from harness.measure.provenance import git_state, stable_hash
from tests.tree import ROOT

PRICES = Prices(
    as_of=date(2026, 1, 1),
    currency="USD",
    source="test",
    cpu_core_hour=0.05,
    gpu_hour={"A100": 2.0, "A100 80GB": 3.0},
)


def gpu_price(name: str) -> float:
    return hourly_price("cuda", name, threads=8, prices=PRICES)


def test_the_peak_counts_memory_that_was_freed_again() -> None:
    size = 200_000_000
    with PeakMemory() as peak:
        block = bytearray(size)
        block[::4096] = b"x" * len(block[::4096])
        del block
    assert peak.result is not None
    assert size / 1e6 * 0.9 < peak.result.resident_mb - peak.result.before_mb < size / 1e6 * 1.5


def test_a_second_block_does_not_see_the_peak_of_the_first() -> None:
    with PeakMemory() as first:
        block = bytearray(200_000_000)
        block[::4096] = b"x" * len(block[::4096])
        del block
    with PeakMemory() as second:
        pass
    assert first.result is not None
    assert second.result is not None
    assert second.result.resident_mb < first.result.resident_mb - 100


def test_the_sampling_thread_sees_a_lasting_peak(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setattr("harness.measure.memory._reset_high_water_mark", lambda: False)
    with PeakMemory() as peak:
        block = bytearray(200_000_000)
        block[::4096] = b"x" * len(block[::4096])
        time.sleep(0.3)
        del block
    assert peak.result is not None
    assert peak.result.resident_mb - peak.result.before_mb > 150


def test_phases_add_up_and_count_failures() -> None:
    phases = Phases()
    phases.add("train", 5)
    with pytest.raises(ValueError, match="boom"), phases("train"):
        raise ValueError("boom")
    assert 5 < phases.seconds["train"] < 6


def test_the_longest_matching_gpu_name_sets_the_price() -> None:
    assert gpu_price("NVIDIA A100 80GB PCIe") == 3.0
    assert gpu_price("NVIDIA A100-SXM4-40GB") == 2.0


def test_a_cpu_is_priced_by_its_threads() -> None:
    assert hourly_price("cpu", "x", threads=4, prices=PRICES) == pytest.approx(0.2)


def test_a_gpu_without_a_price_is_an_error_before_the_run() -> None:
    with pytest.raises(ConfigError, match='no price for the GPU "NVIDIA B900"') as raised:
        gpu_price("NVIDIA B900")
    assert "prices.gpu_hour" in str(raised.value)


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


def test_energy_is_null_where_the_machine_cannot_tell(tmp_path: Path) -> None:
    assert EnergyMeter(tmp_path).watt_hours() is None


def test_the_device_is_detected_and_precision_can_be_forced() -> None:
    assert prepare_device("bfloat16").dtype == "bfloat16"
    device = prepare_device("auto")
    assert device.threads >= 1
    if device.kind == "cpu":
        assert device.dtype == "float32"
    assert prepare_device("float32").training_precision == "float32"


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"avx512_bf16": True}, True),
        ({"amx_bf16": True}, True),
        ({"avx512_bf16": False, "avx512_f": True}, False),
        ({}, False),
    ],
)
def test_training_is_mixed_only_on_cpus_with_instructions_for_bfloat16(
    capabilities: dict[str, bool], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    device = prepare_device("auto")
    assert (device.mixed, device.dtype) == (expected, "float32")
    assert device.training_precision == ("mixed" if expected else "float32")


def test_the_state_of_git_is_known_inside_a_checkout_only(tmp_path: Path) -> None:
    assert git_state(tmp_path) == (None, None)
    commit, dirty = git_state(ROOT)
    assert commit is None or len(commit) == 40
    assert dirty in (None, True, False)


def test_the_hash_of_a_configuration_does_not_depend_on_key_order() -> None:
    assert stable_hash({"a": 1, "b": [2]}) == stable_hash({"b": [2], "a": 1})
    assert stable_hash({"a": 1}) != stable_hash({"a": 2})
