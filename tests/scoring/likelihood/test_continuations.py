from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from harness.items.rows import Question
from harness.models.encoding.encoded import EncodedChoices, EncodedPrompt
from harness.models.loaded import LanguageModel
from harness.scoring.likelihood import continuations
from harness.scoring.likelihood.continuations import TOLERANCE, continuation_loglikelihoods, tolerance
from harness.scoring.likelihood.plain_likelihood import score_plainly
from harness.scoring.likelihood.tree_likelihood import Prompt, score_prompts

CHOICES = ("live animals", "iron", "iron and steel")


def question(text: str) -> Question:
    return Question(text, "test", text, text, text, CHOICES, CHOICES[0])


ASKED = [question(text) for text in ("a horse", "a nail and a longer description of it", "a horse", "iron")]


def encoded(model: LanguageModel, questions: Sequence[Question] = ASKED) -> list[EncodedChoices]:
    return [model.encode_choices(one, view="") for one in questions]


def ask(model: LanguageModel, asked: list[EncodedChoices]) -> continuations.Likelihoods:
    return continuation_loglikelihoods(model, asked, batch_size=3, label="test")


def of_length(tokens: int) -> list[EncodedChoices]:
    return [EncodedChoices(EncodedPrompt((7,) * tokens), ((9,), (10, 11)))]


def test_values_are_in_the_order_of_the_questions_and_their_choices(wordy_lm: LanguageModel) -> None:
    asked = encoded(wordy_lm)
    found = ask(wordy_lm, asked)
    prompts = [Prompt(one.prompt.tokens, one.continuations) for one in asked]
    for row, expected in zip(found.rows, score_plainly(wordy_lm.model, prompts, batch_size=1), strict=True):
        assert [value for value, _ in row] == pytest.approx([value for value, _ in expected], abs=TOLERANCE)
    assert found.rows[0] == found.rows[2]
    assert (wordy_lm.shares, wordy_lm.shares_up_to) == (True, max(len(one.prompt.tokens) for one in asked))


def test_own_suites_get_the_likelihoods_of_stock_lm_eval(wordy_lm: LanguageModel) -> None:
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    from harness.models.encoding.chat import choice_texts

    stock = HFLM(pretrained=wordy_lm.model, tokenizer=wordy_lm.tokenizer, add_bos_token=False, device="cpu")
    texts = choice_texts(wordy_lm.tokenizer, CHOICES)
    pairs = [(wordy_lm.prompt(one, view=""), text) for one in ASKED for text in texts]
    requests = [Instance("loglikelihood", doc={}, arguments=pair, idx=at) for at, pair in enumerate(pairs)]
    expected = [value for value, _ in stock.loglikelihood(requests, disable_tqdm=True)]
    found = [value for row in ask(wordy_lm, encoded(wordy_lm)).rows for value, _ in row]
    assert found == pytest.approx(expected, abs=TOLERANCE)


def test_a_model_for_which_the_fast_way_is_wrong_is_scored_the_plain_way(
    wordy_lm: LanguageModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        continuations,
        "score_prompts",
        lambda model, prompts, batch_size, **_: [[(-1.0, False)] * len(p.continuations) for p in prompts],
    )
    asked = of_length(5)
    found = ask(wordy_lm, asked)
    assert not wordy_lm.shares
    prompts = [Prompt(one.prompt.tokens, one.continuations) for one in asked]
    assert found.rows == score_plainly(wordy_lm.model, prompts, batch_size=3)
    assert "test: one forward pass per continuation (the fast way is" in capsys.readouterr().out


def test_a_model_that_refuses_the_fast_way_is_scored_the_plain_way(
    wordy_lm: LanguageModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise TypeError("no 4-D mask")

    monkeypatch.setattr(continuations, "score_prompts", refuse)
    assert len(ask(wordy_lm, of_length(5)).rows) == 1
    assert not wordy_lm.shares
    assert "(TypeError: no 4-D mask)" in capsys.readouterr().out


def test_both_ways_are_compared_again_when_a_longer_prompt_comes(
    wordy_lm: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []

    def agrees(model: LanguageModel, prompts: Sequence[Prompt], label: str) -> bool:
        compared.append(max(len(prompt.tokens) for prompt in prompts))
        return True

    monkeypatch.setattr(continuations, "_agrees", agrees)
    for length in (5, 4, 9, 9):
        ask(wordy_lm, of_length(length))
    assert compared == [5, 9]


def test_a_prompt_longer_than_the_model_is_cut_on_the_left_and_counted_once(wordy_lm: LanguageModel) -> None:
    long = EncodedChoices(EncodedPrompt((*[7] * 50_000, 8)), ((9, 10), (11,)))
    room = wordy_lm.max_length - 2
    short = EncodedChoices(EncodedPrompt((*[7] * (room - 1), 8)), long.continuations)
    found = ask(wordy_lm, [long, long])
    assert found.truncated == 1
    assert found.rows[0] == ask(wordy_lm, [short]).rows[0]


def test_further_inputs_reach_the_model_and_their_prompts_share_nothing(
    wordy_lm: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Sequence[Prompt]] = []

    def plainly(model: Any, prompts: Sequence[Prompt], **_: Any) -> Any:
        seen.append(prompts)
        return [[(-1.0, False)] * len(prompt.continuations) for prompt in prompts]

    monkeypatch.setattr(continuations, "score_plainly", plainly)
    asked = encoded(wordy_lm)
    first, third = ({"pixels": name} for name in ("first", "third"))
    asked[0] = replace(asked[0], prompt=replace(asked[0].prompt, extra=first))
    asked[2] = replace(asked[2], prompt=replace(asked[2].prompt, extra=third))
    ask(wordy_lm, asked)
    assert [dict(prompt.extra) for prompt in seen[0]] == [first, {}, third, {}]


def test_no_question_gives_no_result(wordy_lm: LanguageModel) -> None:
    assert ask(wordy_lm, []).rows == []


@pytest.mark.parametrize(("off", "fast"), [(0.0016, True), (0.2, False)])
def test_rounding_does_not_make_scoring_slow_and_another_result_does(
    wordy_lm: LanguageModel, monkeypatch: pytest.MonkeyPatch, off: float, fast: bool
) -> None:
    """A trained prefix was 0.0016 nats off; sliding windows are off by tenths of a nat."""
    exact = score_prompts

    def rounded(*args: Any, **settings: Any) -> Any:
        return [[(value + off, greedy) for value, greedy in row] for row in exact(*args, **settings)]

    monkeypatch.setattr(continuations, "score_prompts", rounded)
    ask(wordy_lm, encoded(wordy_lm))
    assert wordy_lm.shares == fast


def test_long_and_unlikely_continuations_may_differ_more() -> None:
    assert tolerance(-1.0, tokens=1) < tolerance(-1.0, tokens=3) < tolerance(-40.0, tokens=3) < 0.03
