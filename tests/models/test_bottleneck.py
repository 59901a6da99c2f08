from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import transformers

from harness.errors import ConfigError
from harness.models.bottleneck import attach

SMALL = {"vocab_size": 50, "hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2}


def llama() -> Any:
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**SMALL, intermediate_size=32))


def gpt2() -> Any:
    return transformers.GPT2LMHeadModel(transformers.GPT2Config(vocab_size=50, n_embd=16, n_layer=3, n_head=2))


def neox() -> Any:
    return transformers.GPTNeoXForCausalLM(transformers.GPTNeoXConfig(**SMALL, intermediate_size=32))


def opt() -> Any:
    return transformers.OPTForCausalLM(transformers.OPTConfig(**SMALL, ffn_dim=32, word_embed_proj_dim=16))


def bloom() -> Any:
    return transformers.BloomForCausalLM(transformers.BloomConfig(vocab_size=50, hidden_size=16, n_layer=3, n_head=2))


FAMILIES: dict[str, Callable[[], Any]] = {"llama": llama, "gpt2": gpt2, "neox": neox, "opt": opt}
IDS = torch.arange(1, 9).unsqueeze(0)


def logits(model: Any) -> Any:
    with torch.inference_mode():
        return model.eval()(input_ids=IDS).logits


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("placement", "per_layer"), [("houlsby", 2), ("pfeiffer", 1)])
def test_every_adapter_learns_and_the_base_does_not(family: str, placement: str, per_layer: int) -> None:
    torch.manual_seed(0)
    model = FAMILIES[family]()
    before = logits(model)
    attach(model, placement=placement, bottleneck=4)
    assert len(model.bottlenecks) == 3 * per_layer
    assert torch.equal(logits(model), before)  # the untrained adapter is the identity
    model.train()
    model(input_ids=IDS, labels=IDS).loss.backward()
    assert all(adapter.up.weight.grad.abs().max() > 0 for adapter in model.bottlenecks)
    learns = {name for name, weights in model.named_parameters() if weights.requires_grad}
    assert all(name.startswith("bottlenecks.") for name in learns)
    assert sum(p.numel() for p in model.parameters() if p.requires_grad) == 3 * per_layer * (2 * 16 * 4 + 4 + 16)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_trained_adapter_changes_the_output(family: str) -> None:
    torch.manual_seed(0)
    model = FAMILIES[family]()
    before = logits(model)
    attach(model, placement="pfeiffer", bottleneck=4)
    torch.nn.init.normal_(model.bottlenecks[0].up.weight)
    assert (logits(model) - before).abs().max() > 1e-3


def test_houlsby_adapts_attention_before_the_feed_forward_part() -> None:
    torch.manual_seed(0)
    model = llama()
    seen: list[str] = []
    attach(model, placement="houlsby", bottleneck=4)
    for place, adapter in enumerate(model.bottlenecks):
        adapter.register_forward_hook(lambda *_, place=place: seen.append(str(place)))
    logits(model)
    assert seen == ["0", "1", "2", "3", "4", "5"]


def test_adapters_learn_in_float32_beside_a_base_of_bfloat16() -> None:
    model = llama().to(torch.bfloat16)
    attach(model, placement="houlsby", bottleneck=4)
    assert {weights.dtype for weights in model.bottlenecks.parameters()} == {torch.float32}
    assert logits(model).dtype == torch.bfloat16


def test_layers_with_parts_of_other_names_are_refused_with_these_names() -> None:
    with pytest.raises(ConfigError, match="BloomBlock has no self_attn or attn or attention") as raised:
        attach(bloom(), placement="houlsby", bottleneck=4)
    assert "self_attention" in str(raised.value)


@pytest.mark.parametrize("bottleneck", [0, 17])
def test_a_bottleneck_that_is_none_is_refused(bottleneck: int) -> None:
    with pytest.raises(ConfigError, match=f"the bottleneck is {bottleneck}") as raised:
        attach(llama(), placement="houlsby", bottleneck=bottleneck)
    assert "1 to 16, the model's hidden size" in str(raised.value)
