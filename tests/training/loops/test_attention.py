"""Attention while training: which implementation, for how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from harness.measure.device import Device
from harness.training.loops.attention import attention_for_training

CPU = Device("cpu", "x", threads=1, dtype="float32", mixed=True)
ELSEWHERE = [replace(CPU, mixed=False), Device("cuda", "x", threads=1, dtype="bfloat16")]


@pytest.fixture
def tiny() -> Callable[[], Any]:
    from transformers import LlamaConfig, LlamaForCausalLM

    def make() -> Any:
        config = LlamaConfig(
            hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2, vocab_size=32
        )
        return LlamaForCausalLM(config)

    return make


def test_attention_is_written_out_only_while_training_in_mixed_precision(tiny: Callable[[], Any]) -> None:
    model = tiny()
    with attention_for_training(model, CPU):
        assert model.config._attn_implementation == "eager"
    assert model.config._attn_implementation == "sdpa"


def test_it_comes_back_after_a_training_that_failed(tiny: Callable[[], Any]) -> None:
    model = tiny()
    with pytest.raises(ValueError, match="diverged"), attention_for_training(model, CPU):
        raise ValueError("diverged")
    assert model.config._attn_implementation == "sdpa"


@pytest.mark.parametrize("device", ELSEWHERE)
def test_it_stays_as_it_is_elsewhere(tiny: Callable[[], Any], device: Device) -> None:
    model = tiny()
    with attention_for_training(model, device):
        assert model.config._attn_implementation == "sdpa"


def test_the_model_inside_an_adapter_is_switched(tiny: Callable[[], Any]) -> None:
    import peft

    model = peft.get_peft_model(tiny(), peft.LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear"))
    with attention_for_training(model, CPU):
        assert model.get_base_model().config._attn_implementation == "eager"
    assert model.get_base_model().config._attn_implementation == "sdpa"
