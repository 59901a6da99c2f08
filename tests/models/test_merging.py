"""When an adapter may be folded into the weights for scoring."""

from __future__ import annotations

from typing import Any

import pytest

from harness.errors import RunFailed
from harness.models.merging import can_fold, fold_in


def with_lora(target_modules: str | list[str], *, tied: bool = False) -> Any:
    import peft
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        vocab_size=32,
        tie_word_embeddings=tied,
    )
    lora = peft.LoraConfig(task_type="CAUSAL_LM", target_modules=target_modules)
    return peft.get_peft_model(LlamaForCausalLM(config), lora)


@pytest.fixture
def adapted() -> Any:
    return with_lora("all-linear")


def test_float32_weights_take_up_the_adapter(adapted: Any) -> None:
    assert can_fold(adapted)


def test_a_base_in_bfloat16_would_round_it(adapted: Any) -> None:
    import torch

    assert not can_fold(adapted.to(torch.bfloat16))


def test_a_plain_model_has_none(adapted: Any) -> None:
    assert not can_fold(adapted.get_base_model())


@pytest.mark.filterwarnings("ignore:Model has `tie_word_embeddings:UserWarning")
def test_an_output_layer_that_is_tied_to_the_embeddings_is_not_merged() -> None:
    tied = with_lora(["lm_head"], tied=True)
    assert not can_fold(tied)
    with pytest.raises(RunFailed, match="refused: the adapter of peft/lora changes a layer that shares its weight"):
        fold_in(tied, of="peft/lora")


def test_other_layers_of_a_model_with_tied_embeddings_are_merged() -> None:
    assert can_fold(with_lora(["q_proj"], tied=True))
    assert can_fold(with_lora(["lm_head"]))


@pytest.mark.parametrize("kind", ["LoraConfig", "RandLoraConfig"])
def test_a_base_in_bfloat16_is_rounded_once_after_merging_in_float32(kind: str) -> None:
    """peft itself merges RandLora in bfloat16."""
    import copy

    import peft
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        hidden_size=64, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2, vocab_size=32
    )
    settings = getattr(peft, kind)(task_type="CAUSAL_LM", target_modules=["q_proj", "v_proj"])
    narrow = peft.get_peft_model(LlamaForCausalLM(config).to(torch.bfloat16), settings)
    for parameter in narrow.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float() + 0.05 * torch.randn(parameter.shape)
    exact = fold_in(copy.deepcopy(narrow).float(), of="peft/lora").state_dict()
    merged = fold_in(narrow, of="peft/lora")
    assert not hasattr(merged, "peft_config")
    for name, weights in merged.state_dict().items():
        assert weights.dtype == torch.bfloat16, name
        torch.testing.assert_close(weights, exact[name].to(torch.bfloat16), rtol=0, atol=0)
