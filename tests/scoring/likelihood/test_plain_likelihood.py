"""One forward pass per continuation gives the numbers of stock lm-eval, for every kind of model."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from harness.models.loaded import LanguageModel
from harness.scoring.likelihood.plain_likelihood import score_plainly
from harness.scoring.likelihood.tree_likelihood import Prompt

PROMPTS = [
    Prompt((5, 6, 7, 8, 9, 10, 11), ((20,), (21,), (20, 21), (20, 21, 22), (30, 31))),
    Prompt((5, 6, 7, 8), ((40,), (41,), (12, 10, 11, 20))),
    Prompt((5, 6, 99), ((7, 8, 9),)),
]


def stock_scores(model: LanguageModel) -> list[list[tuple[float, bool]]]:
    from lm_eval.models.huggingface import HFLM

    backend = "seq2seq" if model.role.encoder_decoder else "default"
    settings: dict[str, Any] = {"backend": backend, "batch_size": 2, "device": "cpu"}
    stock = HFLM(pretrained=model.model, tokenizer=model.tokenizer, **settings)
    requests = [(("x", "y"), list(prompt.tokens), list(one)) for prompt in PROMPTS for one in prompt.continuations]
    values = iter(stock._loglikelihood_tokens(requests, disable_tqdm=True))
    return [[next(values) for _ in prompt.continuations] for prompt in PROMPTS]


def require_equal(model: LanguageModel) -> None:
    ours, stock = score_plainly(model.model, PROMPTS, batch_size=2), stock_scores(model)
    for row, expected in zip(ours, stock, strict=True):
        assert [value for value, _ in row] == pytest.approx([value for value, _ in expected], abs=1e-4)
        assert [greedy for _, greedy in row] == [greedy for _, greedy in expected]


def test_a_causal_model(wordy_lm: LanguageModel) -> None:
    require_equal(wordy_lm)


def test_an_encoder_decoder(wordy_t5: LanguageModel) -> None:
    require_equal(wordy_t5)


@pytest.mark.filterwarnings("ignore:Position ids are not supported")
@pytest.mark.parametrize("kind", ["PromptTuningConfig", "PrefixTuningConfig"])
def test_a_model_with_virtual_tokens(wordy_lm: LanguageModel, kind: str) -> None:
    import peft

    torch.manual_seed(0)
    config = getattr(peft, kind)(task_type="CAUSAL_LM", num_virtual_tokens=4)
    require_equal(LanguageModel(peft.get_peft_model(wordy_lm.model, config).eval(), wordy_lm.tokenizer))


def test_a_model_that_looks_back_through_a_window(wordy_lm: LanguageModel) -> None:
    from transformers import MistralConfig, MistralForCausalLM

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "vocab_size": 128}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    model = MistralForCausalLM(MistralConfig(**sizes, **heads, sliding_window=4)).eval()
    require_equal(LanguageModel(model, wordy_lm.tokenizer))


class Reading:
    """A causal model that notes what it reads."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.config, self.device = inner, inner.config, inner.device
        self.calls: list[tuple[list[list[int]], dict[str, Any]]] = []

    def forward(self, input_ids: Any, attention_mask: Any, **extra: Any) -> Any:
        self.calls.append((input_ids.tolist(), extra))
        return self.inner(input_ids=input_ids, attention_mask=attention_mask)

    __call__ = forward


def test_continuations_that_differ_in_their_last_token_are_read_once(wordy_lm: LanguageModel) -> None:
    model = Reading(wordy_lm.model)
    finished: list[int] = []
    score_plainly(model, [Prompt((5, 6), ((7,), (8,), (9,)))], batch_size=4, on_batch=finished.append)
    assert [len(rows) for rows, _ in model.calls] == [1]
    assert finished == [3]


def test_a_prompt_with_further_inputs_is_read_alone_with_them(wordy_lm: LanguageModel) -> None:
    model = Reading(wordy_lm.model)
    prompts = [Prompt((5, 6), ((7,),)), Prompt((5, 6), ((7,),), extra={"pixels": "a picture"}), Prompt((5, 8), ((7,),))]
    score_plainly(model, prompts, batch_size=4)
    assert sorted((len(rows), extra) for rows, extra in model.calls if extra) == [(1, {"pixels": "a picture"})]
    assert sum(len(rows) for rows, _ in model.calls) == 3
