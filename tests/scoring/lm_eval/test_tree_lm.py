from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from harness.models.loaded import LanguageModel
from harness.scoring.likelihood.continuations import TOLERANCE
from harness.scoring.lm_eval.models import TreeLM

PAIRS = [("the horse is", " an animal"), ("the horse is", " a pump"), ("iron", " metal"), ("iron", " metals")]


def stock_of(model: LanguageModel, **settings: Any) -> Any:
    from lm_eval.models.huggingface import HFLM

    return HFLM(pretrained=model.model, tokenizer=model.tokenizer, device="cpu", **settings)


def scored(lm: Any, pairs: list[tuple[str, str]]) -> list[tuple[float, bool]]:
    return list(lm.loglikelihood([SimpleNamespace(args=pair) for pair in pairs], disable_tqdm=True))


@pytest.mark.parametrize("add_bos", [False, None])
def test_likelihoods_are_those_of_stock_hflm(wordy_lm: LanguageModel, add_bos: bool | None) -> None:
    ours = scored(TreeLM(wordy_lm, batch_size=2, label="test", add_bos_token=add_bos), PAIRS)
    stock = scored(stock_of(wordy_lm, add_bos_token=add_bos), PAIRS)
    assert [value for value, _ in ours] == pytest.approx([value for value, _ in stock], abs=TOLERANCE)
    assert [greedy for _, greedy in ours] == [greedy for _, greedy in stock]


def test_likelihoods_of_an_encoder_decoder_are_those_of_stock_hflm(wordy_t5: LanguageModel) -> None:
    ours = scored(TreeLM(wordy_t5, batch_size=2, label="test"), PAIRS)
    stock = scored(stock_of(wordy_t5, backend="seq2seq"), PAIRS)
    assert [value for value, _ in ours] == pytest.approx([value for value, _ in stock], abs=TOLERANCE)


def test_the_likelihood_of_a_whole_text_is_that_of_stock_hflm(wordy_lm: LanguageModel) -> None:
    requests = [SimpleNamespace(args=(text,)) for text in ("a horse is an animal", "iron " * 50)]
    ours = TreeLM(wordy_lm, batch_size=2, label="test").loglikelihood_rolling(requests, disable_tqdm=True)
    stock = stock_of(wordy_lm, add_bos_token=False).loglikelihood_rolling(requests, disable_tqdm=True)
    assert ours == pytest.approx(stock, abs=TOLERANCE)


def test_a_text_is_written_for_every_request_with_its_own_limit(wordy_lm: LanguageModel) -> None:
    lm = TreeLM(wordy_lm, batch_size=2, label="test")
    wanted = [("iron", 2), ("a horse", 9), ("wood", 2)]
    requests = [SimpleNamespace(args=(text, {"until": [], "max_gen_toks": limit})) for text, limit in wanted]
    written = lm.generate_until(requests)
    alone = [lm.generate_until([request])[0] for request in requests]
    assert written == alone
    assert len(set(written)) == 3
