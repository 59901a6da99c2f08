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
    gpu_hour={"L4": 0.8, "L40": 1.0, "H100": 5.0, "A100 80GB": 3.0, "A100": 2.0, "T4": 0.4},
)


def price(name: str) -> float:
    return hourly_price("cuda", name, threads=8, prices=PRICES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NVIDIA L4", 0.8),
        ("NVIDIA L40", 1.0),
        ("nvidia h100 80GB HBM3", 5.0),
        ("NVIDIA A100 80GB PCIe", 3.0),
        ("NVIDIA A100-SXM4-40GB", 2.0),
        ("Tesla T4", 0.4),
    ],
)
def test_a_gpu_has_the_price_of_the_longest_key_whose_words_are_in_its_name(name: str, expected: float) -> None:
    assert price(name) == expected


@pytest.mark.parametrize("name", ["NVIDIA L40S", "NVIDIA GH100", "NVIDIA A1000", "NVIDIA T400"])
def test_a_gpu_whose_name_only_contains_the_letters_of_a_key_has_no_price(name: str) -> None:
    with pytest.raises(ConfigError, match=f'no price for the GPU "{name}"'):
        price(name)


def test_a_gpu_without_a_price_names_the_price_table() -> None:
    with pytest.raises(ConfigError, match='no price for the GPU "NVIDIA B900"') as raised:
        price("NVIDIA B900")
    assert "prices.gpu_hour" in str(raised.value)


def test_a_cpu_is_priced_by_its_threads() -> None:
    assert hourly_price("cpu", "x", threads=4, prices=PRICES) == pytest.approx(0.2)
