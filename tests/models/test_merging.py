"""When an adapter may be folded into the weights for scoring."""

from __future__ import annotations

from typing import Any

import pytest

from harness.models.merging import can_fold


@pytest.fixture
def adapted() -> Any:
    import peft
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2, vocab_size=32
    )
    return peft.get_peft_model(
        LlamaForCausalLM(config), peft.LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear")
    )


def test_float32_weights_take_up_the_adapter(adapted: Any) -> None:
    assert can_fold(adapted)


def test_a_base_in_bfloat16_would_round_it(adapted: Any) -> None:
    import torch

    assert not can_fold(adapted.to(torch.bfloat16))


def test_a_plain_model_has_none(adapted: Any) -> None:
    assert not can_fold(adapted.get_base_model())
