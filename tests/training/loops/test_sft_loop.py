"""The loop of causal models: precision, kernels and the loss; the real trainer on the tiny model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers.models.llama.modeling_llama import LlamaModel

from harness.config.project import Project, RunKey
from harness.items.prepared import PreparedDomain
from harness.measure.device import prepare_device
from harness.models.loaded import LanguageModel
from harness.training.output_change import probe_logits
from harness.training.registry import get_method
from harness.training.train import load_context, train
from tests.curve_file import curve_values

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


@pytest.mark.filterwarnings("ignore:.*(tie_word_embeddings|save_embedding_layers).*:UserWarning")
def test_an_output_layer_with_an_adapter_trains_with_the_plain_loss_and_is_scored_as_trained(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(prepared.root / "recipes/peft/lora.yaml", "target_modules: all-linear", "target_modules: [q_proj, lm_head]")
    project = Project(prepared.root)
    probes = PreparedDomain.open(project.prepared_folder("hs_products")).questions("classify", "validation", limit=4)
    outputs: list[torch.Tensor] = []

    def remembered(model: Any, tokenizer: Any, questions: Any) -> Any:
        outputs.append(probe_logits(model, tokenizer, probes))
        return outputs[-1]

    monkeypatch.setattr("harness.training.supervised_lm.probe_logits", remembered)
    record = train(project, LORA)
    assert (record.status, record.reason) == ("ok", None)
    loaded = get_method("lora").load(load_context(project, LORA, device=prepare_device("float32")))
    assert isinstance(loaded, LanguageModel)
    assert torch.allclose(probe_logits(loaded.model, loaded.tokenizer, probes), outputs[-1], atol=1e-5)


def test_the_plain_loss_of_an_output_layer_equals_trls_chunked_loss(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    curve = prepared.record_folder(LORA) / "train/curve.csv"
    assert train(prepared, LORA).status == "ok"
    chunked = curve_values(curve)
    monkeypatch.setattr("harness.training.loops.sft_loop._output_layer_is_wrapped", lambda model: True)
    assert train(prepared, LORA).status == "ok"
    assert curve_values(curve) == pytest.approx(chunked, abs=1e-4)


def test_settings_that_trl_refuses_are_a_failed_run(prepared: Project) -> None:
    edit(prepared.root / "recipes/peft/lora.yaml", "  train:\n", "  train:\n    optim: adamw_nowhere\n")
    record = train(Project(prepared.root), LORA)
    assert (record.reason or "").startswith("refused by trl: ")
