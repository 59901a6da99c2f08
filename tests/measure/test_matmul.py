from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from harness.measure import matmul
from harness.measure.matmul import EXACT, use_onednn_if_exact


@pytest.fixture
def stock() -> Iterator[str]:
    """The setting that torch comes with; what was set before comes back after the test."""
    settings = torch.backends.mkldnn.matmul  # type: ignore[attr-defined]
    before = settings.fp32_precision
    settings.fp32_precision = "ieee"
    yield settings.fp32_precision
    settings.fp32_precision = before


def test_products_stay_as_exact_as_float32(stock: str) -> None:
    use_onednn_if_exact()
    torch.manual_seed(0)
    a, b = torch.randn(300, 700), torch.randn(700, 500)
    exact = a.double() @ b.double()
    assert float((a @ b - exact).abs().max() / exact.abs().max()) < EXACT


def test_a_library_that_rounds_more_is_not_used(stock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matmul, "_error", lambda *shape: 1e-3)  # what bfloat16 leaves
    assert not use_onednn_if_exact()
    assert torch.backends.mkldnn.matmul.fp32_precision == stock  # type: ignore[attr-defined]


def test_the_seed_of_the_run_is_not_used_up(stock: str) -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    use_onednn_if_exact()
    assert torch.equal(before, torch.get_rng_state())


def test_bfloat16_would_be_noticed() -> None:
    a, b = torch.randn(100, 200), torch.randn(200, 50)
    exact = a.double() @ b.double()
    rounded = (a.bfloat16() @ b.bfloat16()).double()
    assert float((rounded - exact).abs().max() / exact.abs().max()) > 10 * EXACT
