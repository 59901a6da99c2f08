from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from harness.measure import matmul
from harness.measure.device import prepare_device
from harness.measure.matmul import EXACT, use_onednn_if_exact


@pytest.fixture
def stock() -> Iterator[str]:
    """The setting that torch comes with; what was set before comes back after the test."""
    settings = torch.backends.mkldnn.matmul  # type: ignore[attr-defined]
    before = settings.fp32_precision
    settings.fp32_precision = "ieee"
    yield settings.fp32_precision
    settings.fp32_precision = before


def setting() -> Any:
    return torch.backends.mkldnn.matmul.fp32_precision  # type: ignore[attr-defined]


def test_onednn_is_used_where_it_is_exact_and_else_nothing_changes(stock: str) -> None:
    used = use_onednn_if_exact()
    assert setting() == ("bf16" if used else stock)
    torch.manual_seed(0)
    a, b = torch.randn(300, 700), torch.randn(700, 500)
    exact = a.double() @ b.double()
    assert float((a @ b - exact).abs().max() / exact.abs().max()) < EXACT


def test_a_library_that_is_as_exact_is_used(stock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matmul, "_error", lambda *shape: EXACT / 10)
    monkeypatch.setattr(torch._C, "_has_mkldnn", True)
    assert use_onednn_if_exact()
    assert setting() == "bf16"


def test_products_that_are_rounded_to_bfloat16_are_noticed(stock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    product = torch.Tensor.__matmul__

    def rounding(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return product(a, b) if a.dtype == torch.float64 else product(a.bfloat16().float(), b.bfloat16().float())

    monkeypatch.setattr(torch.Tensor, "__matmul__", rounding)
    assert not use_onednn_if_exact()
    assert setting() == stock


def test_without_onednn_nothing_changes(stock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch._C, "_has_mkldnn", False)
    monkeypatch.setattr(matmul, "_error", lambda *shape: 0.0)
    assert not use_onednn_if_exact()
    assert setting() == stock


def test_the_seed_of_the_run_is_not_used_up(stock: str) -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    use_onednn_if_exact()
    assert torch.equal(before, torch.get_rng_state())


def test_a_device_that_is_a_cpu_is_set_up_so(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[bool] = []
    monkeypatch.setattr("harness.measure.device.use_onednn_if_exact", lambda: called.append(True))
    assert called == ([True] if prepare_device("auto").kind == "cpu" else [])
