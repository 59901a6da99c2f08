from __future__ import annotations

from datetime import date

import pytest

from harness.config.params import Prices
from harness.errors import ConfigError
from harness.measure.cost import hourly_price

PRICES = Prices(
    as_of=date(2026, 1, 1),
    currency="USD",
    source="test",
    cpu_core_hour=0.05,
    gpu_hour={"A100": 2.0, "A100 80GB": 3.0},
)


def gpu_price(name: str) -> float:
    return hourly_price("cuda", name, threads=8, prices=PRICES)


def test_the_longest_matching_gpu_name_sets_the_price() -> None:
    assert gpu_price("NVIDIA A100 80GB PCIe") == 3.0
    assert gpu_price("NVIDIA A100-SXM4-40GB") == 2.0


def test_a_cpu_is_priced_by_its_threads() -> None:
    assert hourly_price("cpu", "x", threads=4, prices=PRICES) == pytest.approx(0.2)


def test_a_gpu_without_a_price_is_an_error_before_the_run() -> None:
    with pytest.raises(ConfigError, match='no price for the GPU "NVIDIA B900"') as raised:
        gpu_price("NVIDIA B900")
    assert "prices.gpu_hour" in str(raised.value)
