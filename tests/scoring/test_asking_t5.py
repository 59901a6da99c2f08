"""An encoder-decoder is asked by the same suites: numbers and texts equal to what the model itself computes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch

from harness.items.rows import Question
from harness.models.encoding.chat import answer_text
from harness.models.loaded import LanguageModel
from harness.scoring.asking.free_text import write_answers
from harness.scoring.asking.multiple_choice import choice_loglikelihoods
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds.drift import Drift
from harness.scoring.latency import measure_latency
from harness.scoring.lm_eval.official import ask_official_lm_eval

CHOICES = ("iron and steel", "wood", "wood and cork")


def question(name: str, prompt: str) -> Question:
    return Question(name, "test", name, prompt, prompt, CHOICES, CHOICES[1])


QUESTIONS = (
    question("1", "What is a nail made of?"),
    question("2", "And a table, with four legs, drawers and a top of 120 by 80 centimetres?"),
)


def run_of(**changes: Any) -> SuiteRun:
    settings: dict[str, Any] = {"batch_size": 3, "metric": "accuracy", "max_new_tokens": 12} | changes
    return SuiteRun("classification", "classify", QUESTIONS, **settings)


def by_hand(loaded: LanguageModel, prompt: str, answer: str) -> float:
    """One pass over one prompt and one answer, without padding."""
    ids = torch.tensor([loaded.tokenizer(prompt).input_ids])
    labels = torch.tensor([loaded.tokenizer(answer, add_special_tokens=False).input_ids])
    read = torch.cat((torch.tensor([[0]]), labels[:, :-1]), dim=1)
    with torch.inference_mode():
        logits = loaded.model(input_ids=ids, decoder_input_ids=read).logits
    return float(logits.log_softmax(-1).gather(-1, labels.unsqueeze(-1)).sum())


@pytest.mark.parametrize("batch_size", [1, 4])
def test_likelihoods_are_those_of_the_decoder_given_the_encoded_prompt(
    wordy_t5: LanguageModel, batch_size: int
) -> None:
    found = choice_loglikelihoods(wordy_t5, run_of(batch_size=batch_size)).loglikelihoods
    for asked, row in zip(QUESTIONS, found, strict=True):
        prompt = wordy_t5.prompt(asked, view="classify")
        # one choice begins another, so all are scored with their end
        expected = [by_hand(wordy_t5, prompt, answer_text(wordy_t5.tokenizer, one) + "</s>") for one in CHOICES]
        assert row == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("batch_size", [1, 4])
def test_texts_are_those_that_generate_writes_greedily(wordy_t5: LanguageModel, batch_size: int) -> None:
    written = write_answers(wordy_t5, run_of(batch_size=batch_size))
    for asked, text in zip(QUESTIONS, written.texts, strict=True):
        ids = wordy_t5.tokenizer(wordy_t5.prompt(asked, view="classify"), return_tensors="pt").input_ids
        row = wordy_t5.model.generate(input_ids=ids, do_sample=False, num_beams=1, max_new_tokens=12)[0]
        expected = wordy_t5.tokenizer.decode(row, skip_special_tokens=True).partition("\n\n")[0]
        assert text == expected.strip()
    assert len(set(written.texts)) == 2


def test_a_prompt_may_have_as_many_tokens_as_the_model_has_positions(wordy_t5: LanguageModel) -> None:
    wordy_t5.tokenizer.model_max_length = 40
    long = Question("1", "test", "1", "", "word " * 100, CHOICES, CHOICES[0])
    assert write_answers(wordy_t5, run_of()).truncated == 1  # of two questions, one has more than 40 tokens
    assert choice_loglikelihoods(wordy_t5, SuiteRun("s", "", [long], batch_size=2, metric="accuracy")).truncated == 1


def test_drift_from_its_base_is_the_loss_that_the_model_computes(wordy_t5: LanguageModel) -> None:
    base = LanguageModel(copy.deepcopy(wordy_t5.model), wordy_t5.tokenizer)
    torch.manual_seed(1)
    for weights in base.model.parameters():
        weights.data += 0.05 * torch.randn_like(weights)
    run = run_of(metric="agreement", base=lambda: base)
    asked = Drift().ask(wordy_t5, run)
    metrics = {name: metric.value for name, metric in Drift().aggregate(asked, run).items()}
    losses = []
    for row in QUESTIONS:
        answer = f"{answer_text(wordy_t5.tokenizer, row.answer)}</s>"
        tokens = len(wordy_t5.tokenizer(answer, add_special_tokens=False).input_ids)
        prompt = wordy_t5.prompt(row, view="classify")
        losses.append([-by_hand(one, prompt, answer) / tokens for one in (wordy_t5, base)])
    own, others = ([row[place] for row in losses] for place in (0, 1))
    assert metrics["cross_entropy"] == pytest.approx(sum(own) / 2, abs=1e-3)
    assert metrics["cross_entropy_change"] == pytest.approx((sum(own) - sum(others)) / 2, abs=1e-3)
    assert (metrics["kl_to_base"] or 0) > 0


def test_a_model_that_is_its_base_has_not_drifted(wordy_t5: LanguageModel) -> None:
    run = run_of(metric="agreement", base=lambda: wordy_t5)
    asked = Drift().ask(wordy_t5, run)
    metrics = {name: metric.value for name, metric in Drift().aggregate(asked, run).items()}
    assert (metrics["agreement"], metrics["cross_entropy_change"], metrics["kl_to_base"]) == (1, 0, 0)


def test_its_latency_counts_the_tokens_of_the_decoder(wordy_t5: LanguageModel) -> None:
    prompts = [wordy_t5.encode_text(text) for text in ("one", "two words and more")]
    found = measure_latency(wordy_t5, prompts, new_tokens=5, repeats=1)
    assert found.first_token_ms > 0
    assert found.tokens_per_second > 0
    assert found.new_tokens == 5


def test_an_official_task_that_cannot_be_had_is_a_reason(wordy_t5: LanguageModel) -> None:
    found = ask_official_lm_eval(wordy_t5, ["no_such_task"], items=1, batch_size=1)
    assert "no_such_task" in (found["no_such_task"].reason or "")
