"""Whatever is put on a model, its log-likelihoods are those of stock lm-eval."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from harness.models.bottleneck import attach
from harness.models.loaded import LanguageModel
from harness.scoring.likelihood.continuations import TOLERANCE
from harness.scoring.lm_eval.models import TreeLM

PAIRS = [
    (f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n", choice)
    for text in ("which chapter has horses?", "iron", "a longer question: which chapter has chairs of wood?")
    for choice in ("live animals", "live plants", "iron and steel", "furniture", "True")
]

ADAPTERS: dict[str, tuple[str, dict[str, Any]] | None] = {
    "plain": None,
    "lora": ("LoraConfig", {"r": 4, "target_modules": "all-linear", "init_lora_weights": False}),
    "ia3": ("IA3Config", {"target_modules": ["q_proj", "down_proj"], "feedforward_modules": ["down_proj"]}),
    "dora": ("LoraConfig", {"r": 4, "target_modules": "all-linear", "use_dora": True}),
    "p_tuning_v2": ("PrefixTuningConfig", {"num_virtual_tokens": 5, "prefix_projection": False}),
    "prefix": ("PrefixTuningConfig", {"num_virtual_tokens": 5, "prefix_projection": True}),
    "prompt": ("PromptTuningConfig", {"num_virtual_tokens": 5}),
    "p_tuning": ("PromptEncoderConfig", {"num_virtual_tokens": 5, "encoder_hidden_size": 16}),
    "houlsby": ("bottleneck", {"placement": "houlsby", "bottleneck": 8}),
    "pfeiffer": ("bottleneck", {"placement": "pfeiffer", "bottleneck": 8}),
}


def adapted(base: LanguageModel, adapter: tuple[str, dict[str, Any]] | None) -> LanguageModel:
    """With the adapter on it, every weight of which is random: none that changes nothing, as fresh ones mostly do."""
    import peft
    import torch

    if adapter is None:
        return base
    torch.manual_seed(0)
    name, settings = adapter
    model = base.model
    if name == "bottleneck":
        attach(model, **settings)
    else:
        model = peft.get_peft_model(model, getattr(peft, name)(task_type="CAUSAL_LM", **settings))
    model.eval()
    with torch.no_grad():
        for weights in model.parameters():
            if weights.requires_grad:
                weights.add_(torch.randn_like(weights), alpha=0.3)
    return LanguageModel(model, base.tokenizer)


def scored(lm: Any) -> list[tuple[float, bool]]:
    return list(lm.loglikelihood([SimpleNamespace(args=pair) for pair in PAIRS], disable_tqdm=True))


def stock_of(model: LanguageModel) -> list[tuple[float, bool]]:
    from lm_eval.models.huggingface import HFLM

    return scored(
        HFLM(pretrained=model.model, tokenizer=model.tokenizer, batch_size=4, add_bos_token=False, device="cpu")
    )


@pytest.mark.parametrize("name", ADAPTERS)
@pytest.mark.filterwarnings("ignore:Position ids are not supported")
def test_likelihoods_are_those_of_stock(wordy_lm: LanguageModel, name: str) -> None:
    plain = stock_of(wordy_lm)
    model = adapted(wordy_lm, ADAPTERS[name])
    lm = TreeLM(model, batch_size=4, label="test")
    ours, stock = scored(lm), stock_of(model)
    assert [value for value, _ in ours] == pytest.approx([value for value, _ in stock], abs=TOLERANCE)
    assert [greedy for _, greedy in ours] == [greedy for _, greedy in stock]
    assert model.shares
    if name != "plain":
        assert max(abs(a[0] - b[0]) for a, b in zip(ours, plain, strict=True)) > 100 * TOLERANCE


def test_virtual_tokens_that_differ_by_prompt_are_scored_the_plain_way(
    wordy_lm: LanguageModel, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = wordy_lm.tokenizer("iron", add_special_tokens=False).input_ids
    settings = {"cpt_token_ids": ids, "cpt_mask": [1] * len(ids), "cpt_tokens_type_mask": [1] * len(ids)}
    model = adapted(wordy_lm, ("CPTConfig", settings))
    ours, stock = scored(TreeLM(model, batch_size=4, label="test")), stock_of(model)
    assert [value for value, _ in ours] == pytest.approx([value for value, _ in stock], abs=TOLERANCE)
    assert not model.shares
    assert "one forward pass per continuation" in capsys.readouterr().out
