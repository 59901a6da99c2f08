"""What a training does with the precision and the kernels that it is told; the real trainer on the tiny model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers.models.llama.modeling_llama import LlamaModel

from harness.config.project import Project, RunKey
from harness.training.train import train

LORA = RunKey("peft", "lora", ("hs_products",), 0)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """Of each forward pass while gradients are on: the implementation of attention, and whether it was autocast."""
    found: list[tuple[str, bool]] = []
    forward = LlamaModel.forward

    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        if torch.is_grad_enabled():
            found.append((self.config._attn_implementation, torch.is_autocast_enabled("cpu")))
        return forward(self, *args, **kwargs)

    monkeypatch.setattr(LlamaModel, "forward", watched)
    return found


def test_a_cpu_with_bfloat16_products_trains_mixed_with_attention_written_out(
    prepared: Project, seen: list[tuple[str, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx512_bf16": True})
    edit(prepared.root / "params.yaml", "precision: float32", "precision: auto")
    record = train(Project(prepared.root), LORA)
    assert record.status == "ok"
    assert record.provenance.precision == "mixed"
    assert set(seen) == {("eager", True)}


def test_float32_trains_with_the_fused_attention(prepared: Project, seen: list[tuple[str, bool]]) -> None:
    record = train(prepared, LORA)
    assert record.provenance.precision == "float32"
    assert set(seen) == {("sdpa", False)}


def test_liger_kernels_without_a_gpu_are_refused(prepared: Project, seen: list[tuple[str, bool]]) -> None:
    edit(prepared.root / "recipes/peft/lora.yaml", "  train:\n", "  train:\n    use_liger_kernel: true\n")
    record = train(Project(prepared.root), LORA)
    assert record.status == "failed"
    assert record.reason == "refused: use_liger_kernel needs CUDA and the package liger-kernel"
    assert not seen
