from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import peft
import pytest
import torch

from harness.measure.device import prepare_device
from harness.models import float32_logits as module
from harness.models.causal_lm import load_folder
from harness.models.float32_logits import float32_logits

IDS = torch.tensor([[5, 6, 7, 8]])


@pytest.fixture
def narrow(tiny_bases: Path) -> Any:
    """The tiny model as CUDA scores it."""
    return load_folder(tiny_bases / "causal_lm", replace(prepare_device("float32"), dtype="bfloat16")).model


def exact(model: Any) -> torch.Tensor:
    """Logits of the model's own states and weights, in float64."""
    states: torch.Tensor = model.model(input_ids=IDS).last_hidden_state
    weights: torch.Tensor = model.lm_head.weight
    return states.double() @ weights.double().T


@torch.inference_mode()
def test_logits_are_float32_within_the_block_only(narrow: Any) -> None:
    with float32_logits(narrow):
        logits = narrow(input_ids=IDS).logits
    assert logits.dtype == torch.float32
    assert float((logits - exact(narrow)).abs().max()) < 1e-5
    assert narrow(input_ids=IDS).logits.dtype == torch.bfloat16
    assert "forward" not in vars(narrow.lm_head)


@torch.inference_mode()
def test_weights_are_converted_in_blocks(narrow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with float32_logits(narrow):
        whole = narrow(input_ids=IDS).logits
    monkeypatch.setattr(module, "BLOCK_BYTES", 4 * narrow.lm_head.in_features * 100)
    with float32_logits(narrow):
        assert float((narrow(input_ids=IDS).logits - whole).abs().max()) < 1e-5


@torch.inference_mode()
def test_an_output_layer_with_an_adapter_gives_float32_too(narrow: Any) -> None:
    adapted = peft.get_peft_model(
        narrow, peft.LoraConfig(task_type="CAUSAL_LM", target_modules=["lm_head"], init_lora_weights=False)
    ).eval()
    with float32_logits(adapted):
        logits = adapted(input_ids=IDS).logits
    assert logits.dtype == torch.float32
    assert float((logits - adapted(input_ids=IDS).logits.float()).abs().max()) < 0.1


def test_the_layer_is_restored_after_an_error(narrow: Any) -> None:
    with pytest.raises(ZeroDivisionError), float32_logits(narrow):
        raise ZeroDivisionError
    assert narrow(input_ids=IDS).logits.dtype == torch.bfloat16


def test_a_float32_model_is_not_touched(tiny_bases: Path) -> None:
    model = load_folder(tiny_bases / "causal_lm", prepare_device("float32")).model
    with float32_logits(model):
        assert "forward" not in vars(model.lm_head)
