from __future__ import annotations

import copy
import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import RunFailed
from harness.models.loaded import LanguageModel
from harness.models.prefix import Prefix, read_prefix
from harness.scoring.likelihood.answer_logits import Solved, answer_logits
from harness.scoring.likelihood.next_tokens import compare, compare_logits

TEXTS = [
    Solved((5, 6, 7, 8, 9, 10, 11, 20, 21, 22), answer=3),
    Solved((5, 6, 7, 30, 31), answer=1),
    Solved((5, 6, 7, 12, 13, 40, 41, 42, 43, 44, 45), answer=6),
    Solved((5, 6, 99, 7), answer=1),
]


def plain_logits(model: Any, text: Solved) -> torch.Tensor:
    """One forward pass over the whole text: nothing padded, shared or left out."""
    with torch.inference_mode():
        logits: torch.Tensor = model(input_ids=torch.tensor([text.ids])).logits[0]
    return logits[-text.answer - 1 : -1]


def shaken(model: Any) -> Any:
    """A copy with other weights."""
    torch.manual_seed(1)
    other = copy.deepcopy(model)
    for weights in other.parameters():
        weights.data += 0.05 * torch.randn_like(weights)
    return other


def test_numbers_are_those_computed_by_hand() -> None:
    own = torch.tensor([[math.log(4), math.log(3), math.log(1)], [0.0, 0.0, 5.0]])
    base = torch.tensor([[math.log(2), math.log(4), math.log(2)], [0.0, 0.0, 5.0]])
    found = compare_logits(own, base, [1, 2])
    # first place: model (4, 3, 1) / 8 and base (1, 2, 1) / 4; second place: both the same
    second = 5 - math.log(2 + math.exp(5))
    expected = 1 / 4 * math.log(2 / 4) + 1 / 2 * math.log(4 / 3) + 1 / 4 * math.log(2)
    assert (found.expected, found.same) == ((0, 2), 1)
    assert found.loglikelihood == pytest.approx(math.log(3 / 8) + second, abs=1e-6)
    assert found.base_loglikelihood == pytest.approx(math.log(1 / 2) + second, abs=1e-6)
    assert found.kl == pytest.approx(expected, abs=1e-6)


def test_the_divergence_is_weighted_by_what_the_base_expects() -> None:
    sure, torn = torch.tensor([[10.0, 0.0]]), torch.tensor([[0.0, 0.0]])
    assert compare_logits(torn, sure, [0]).kl == pytest.approx(math.log(2), abs=1e-2)
    assert compare_logits(sure, torn, [0]).kl > 4


@given(st.lists(st.tuples(*[st.floats(-30, 30, width=32)] * 4), min_size=1, max_size=4), st.floats(-20, 20, width=32))
def test_a_model_has_no_divergence_from_itself_and_adding_to_all_logits_changes_nothing(
    rows: list[tuple[float, ...]], shift: float
) -> None:
    logits = torch.tensor(rows)
    assert compare_logits(logits, logits.clone(), [0] * len(rows)).kl == 0
    assert compare_logits(logits + shift, logits, [0] * len(rows)).kl == pytest.approx(0, abs=1e-4)
    assert compare_logits(logits.flip(1), logits, [0] * len(rows)).kl >= 0


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_likelihoods_that_are_no_numbers_are_told(value: float) -> None:
    fine = torch.zeros(1, 3)
    with pytest.raises(RunFailed, match="not finite"):
        compare_logits(torch.tensor([[0.0, value, 0.0]]), fine, [0])


def test_models_that_know_different_numbers_of_tokens_are_told() -> None:
    with pytest.raises(RunFailed, match="vocabulary has 3 tokens and its base's has 4"):
        compare_logits(torch.zeros(1, 3), torch.zeros(1, 4), [0])


@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_sharing_and_padding_give_the_numbers_of_plain_forward_passes(wordy_lm: LanguageModel, batch_size: int) -> None:
    model, base = wordy_lm.model, shaken(wordy_lm.model)
    batches: list[int] = []
    found = compare(model, base, TEXTS, batch_size=batch_size, on_batch=batches.append)
    assert sum(batches) == len(TEXTS)
    assert max(batches) <= batch_size
    for text, item in zip(TEXTS, found, strict=True):
        expected = compare_logits(plain_logits(model, text), plain_logits(base, text), text.ids[-text.answer :])
        assert item.kl > 0
        assert item.kl == pytest.approx(expected.kl, rel=1e-3)
        assert item.loglikelihood == pytest.approx(expected.loglikelihood, abs=1e-3)
        assert item.base_loglikelihood == pytest.approx(expected.base_loglikelihood, abs=1e-3)
        assert (item.expected, item.same) == (expected.expected, expected.same)


def test_a_model_agrees_with_itself_exactly(wordy_lm: LanguageModel) -> None:
    for item in compare(wordy_lm.model, copy.deepcopy(wordy_lm.model), TEXTS, batch_size=3):
        assert item.same == len(item.expected)
        assert item.kl == 0
        assert item.loglikelihood == item.base_loglikelihood


def test_large_vocabularies_get_small_batches(tiny_lm: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    width = tiny_lm.model.config.vocab_size
    monkeypatch.setattr("harness.scoring.likelihood.next_tokens.MAX_LOGITS", 2 * 11 * width)
    batches: list[int] = []
    compare(tiny_lm.model, tiny_lm.model, TEXTS, batch_size=4, on_batch=batches.append)
    assert batches == [2, 2]
    monkeypatch.setattr("harness.scoring.likelihood.next_tokens.MAX_LOGITS", 1)
    compare(tiny_lm.model, tiny_lm.model, TEXTS, batch_size=4, on_batch=batches.append)
    assert batches[2:] == [1, 1, 1, 1]


def test_no_text_gives_no_result(tiny_lm: LanguageModel) -> None:
    assert compare(tiny_lm.model, tiny_lm.model, [], batch_size=4) == []


@pytest.mark.parametrize("kind", ["lora", "prompt", "prefix"])
def test_models_with_an_adapter_are_read_like_any_other(wordy_lm: LanguageModel, kind: str) -> None:
    from peft import LoraConfig, PrefixTuningConfig, PromptTuningConfig, get_peft_model

    config = {
        "lora": LoraConfig(task_type="CAUSAL_LM", init_lora_weights=False, target_modules=["q_proj", "v_proj"]),
        "prompt": PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4),
        "prefix": PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4),
    }[kind]
    base = copy.deepcopy(wordy_lm.model)
    torch.manual_seed(0)
    model = get_peft_model(wordy_lm.model, config).eval()
    found = compare(model, base, TEXTS, batch_size=3)
    for text, item in zip(TEXTS, found, strict=True):
        expected = compare_logits(plain_logits(model, text), plain_logits(base, text), text.ids[-text.answer :])
        assert item.kl == pytest.approx(expected.kl, rel=1e-3)
        assert item.loglikelihood == pytest.approx(expected.loglikelihood, abs=1e-3)
    assert sum(item.kl for item in found) > 0
    assert bool(read_prefix(model, (5, 6)).length) == (kind == "lora")


def test_a_model_that_looks_back_through_a_window_shares_nothing() -> None:
    from transformers import MistralConfig, MistralForCausalLM

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "vocab_size": 128}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    model = MistralForCausalLM(MistralConfig(**sizes, **heads, sliding_window=4)).eval()
    assert read_prefix(model, (5, 6, 7)) == Prefix()
    for text, logits in zip(TEXTS, answer_logits(model, TEXTS), strict=True):
        assert torch.allclose(logits, plain_logits(model, text), atol=1e-5)


def test_a_model_that_gives_all_logits_whatever_is_asked_is_read_at_the_same_places(tiny_lm: LanguageModel) -> None:
    class Old(torch.nn.Module):
        def __init__(self, inner: Any) -> None:
            super().__init__()
            self.inner, self.config, self.device = inner, inner.config, inner.device

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.inner(input_ids=input_ids, attention_mask=attention_mask)

    for ours, expected in zip(
        answer_logits(Old(tiny_lm.model), TEXTS), answer_logits(tiny_lm.model, TEXTS), strict=True
    ):
        assert torch.allclose(ours, expected, atol=1e-5)
