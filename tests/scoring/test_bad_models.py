"""Models, prompts and files as they should not be: a clear error, or a decision that is counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
import torch

from harness.config.project import Project
from harness.errors import ConfigError, RunFailed
from harness.items.rows import Question
from harness.models.loaded import LanguageModel
from harness.records.run_record import Metric
from harness.scoring.contract import SuiteResult, SuiteRun
from harness.scoring.kinds.choice import Choice
from harness.scoring.kinds.classification import Classification
from harness.scoring.kinds.generation import Generation
from harness.scoring.lm_eval.models import TreeLM

Says = Callable[..., None]


@pytest.fixture
def says(tiny_lm: LanguageModel) -> Iterator[Says]:
    """Make the tiny model write one token again and again."""
    hooks = []

    def make(token: int) -> None:
        always = torch.tensor([token])
        hooks.append(
            tiny_lm.model.lm_head.register_forward_hook(lambda layer, given, logits: logits.index_fill(-1, always, 1e4))
        )

    yield make
    for hook in hooks:
        hook.remove()


def question(name: str, *choices: str, prompt: str = "what is iron?", answer: str = "a metal") -> Question:
    return Question(name, "test", name, text=prompt, prompt=prompt, choices=choices, answer=answer)


def run_of(*questions: Question) -> SuiteRun:
    return SuiteRun("suite", "answer", questions, batch_size=2, metric="token_f1", max_new_tokens=24, english=True)


def written(model: LanguageModel, *questions: Question) -> tuple[SuiteResult, dict[str, Metric]]:
    run = run_of(*(questions or (question("1"), question("2", prompt="and wood, which is a longer question?"))))
    asked = Generation().ask(model, run)
    return asked, Generation().aggregate(asked, run)


def shares(metrics: dict[str, Metric]) -> dict[str, float | None]:
    """Of the answers that are none."""
    return {name: metrics[name].value for name in ("empty", "garbled", "degenerate", "unfinished")}


def test_a_model_that_ends_at_once_gives_empty_answers_that_are_wrong(tiny_lm: LanguageModel, says: Says) -> None:
    says(tiny_lm.tokenizer.eos_token_id)
    asked, metrics = written(tiny_lm)
    assert [(sample.answer, sample.correct) for sample in asked.samples] == [("", 0.0)] * 2
    assert shares(metrics) == {"empty": 1, "garbled": 0, "degenerate": 0, "unfinished": 0}


@pytest.mark.parametrize("name", ["pad_token_id", "bos_token_id"])
def test_a_model_that_writes_special_tokens_only_says_nothing_and_never_ends(
    tiny_lm: LanguageModel, says: Says, name: str
) -> None:
    says(getattr(tiny_lm.tokenizer, name))
    asked, metrics = written(tiny_lm)
    assert [(sample.answer, sample.correct) for sample in asked.samples] == [("", 0.0)] * 2
    assert shares(metrics) == {"empty": 1, "garbled": 0, "degenerate": 0, "unfinished": 1}


def test_a_model_that_repeats_itself_is_cut_off_and_counted(tiny_lm: LanguageModel, says: Says) -> None:
    says(tiny_lm.tokenizer(" of", add_special_tokens=False).input_ids[0])
    asked, metrics = written(tiny_lm)
    assert len(asked.samples[0].answer) >= 24
    assert asked.unfinished == 2
    assert shares(metrics) == {"empty": 0, "garbled": 0, "degenerate": 1, "unfinished": 1}


def test_bytes_that_are_no_text_are_counted_and_can_be_stored(tiny_lm: LanguageModel, says: Says) -> None:
    says(tiny_lm.tokenizer.convert_tokens_to_ids("ÿ"))  # how byte-level tokenizers spell the byte FF
    asked, metrics = written(tiny_lm)
    assert asked.samples[0].answer == "\N{REPLACEMENT CHARACTER}" * 24
    assert shares(metrics)["garbled"] == 1
    asked.samples[0].answer.encode("utf-8")


def test_a_model_whose_values_are_no_numbers_cannot_choose(tiny_lm: LanguageModel) -> None:
    with torch.no_grad():
        tiny_lm.model.lm_head.weight.fill_(math.nan)
    with pytest.raises(RunFailed, match=r"4 of 4 log-likelihoods are not numbers \(NaN\)"):
        Classification().ask(tiny_lm, run_of(*(question(n, "a metal", "a plant") for n in "12")))


@pytest.mark.parametrize("token", ["eos_token_id", "pad_token_id"])
def test_a_model_that_says_nothing_can_still_be_asked_to_choose(tiny_lm: LanguageModel, says: Says, token: str) -> None:
    says(getattr(tiny_lm.tokenizer, token))
    asked = Classification().ask(tiny_lm, run_of(question("1", "a metal", "a plant")))
    assert all(math.isfinite(value) for value in asked.samples[0].loglikelihoods or ())


LONG = "word " * 50_000 + "what is iron?"


def test_a_prompt_of_50k_tokens_is_cut_on_the_left_and_counted(tiny_lm: LanguageModel) -> None:
    assert len(tiny_lm.tokenizer(LONG).input_ids) >= 50_000
    asked, _ = written(tiny_lm, question("long", prompt=LONG), question("short"))
    assert asked.truncated == 1
    choices = run_of(question("long", "a metal", "a plant", prompt=LONG), question("short", "a metal", "a plant"))
    assert Classification().ask(tiny_lm, choices).truncated == 1


def test_what_is_cut_is_the_beginning(tiny_lm: LanguageModel) -> None:
    other = "another beginning " + LONG
    chosen = run_of(question("1", "a metal", "a plant", prompt=LONG), question("2", "a metal", "a plant", prompt=other))
    first, second = Classification().ask(tiny_lm, chosen).samples
    assert first.loglikelihoods == pytest.approx(second.loglikelihoods, abs=1e-3)


def ask_pairs(model: LanguageModel, *pairs: tuple[str, str]) -> list[tuple[float, bool]]:
    return TreeLM(model, batch_size=2, label="test").loglikelihood([SimpleNamespace(args=pair) for pair in pairs])


@pytest.mark.parametrize("context", ["what is iron?", ""])
def test_an_empty_choice_is_an_error_that_shows_the_prompt(tiny_lm: LanguageModel, context: str) -> None:
    with pytest.raises(RunFailed, match="an empty choice cannot be scored: prompt"):
        ask_pairs(tiny_lm, ("what is iron?", "a metal"), (context, ""))


def test_a_choice_without_a_token_of_its_own_is_an_error(tiny_lm: LanguageModel) -> None:
    ids = tiny_lm.tokenizer.convert_tokens_to_ids
    merged = next(
        token
        for token in sorted(tiny_lm.tokenizer.get_vocab(), key=ids)
        if len(token) == 2 and token.isascii() and token.isalpha()
    )
    with pytest.raises(RunFailed, match=f"the choice '{merged[1]}' has no token of its own: prompt '{merged[0]}'"):
        ask_pairs(tiny_lm, (merged[0], merged[1]))


def test_a_prompt_of_blanks_is_an_error(tiny_lm: LanguageModel) -> None:
    with pytest.raises(RunFailed, match="a prompt of blanks only cannot be answered"):
        ask_pairs(tiny_lm, (" \n ", "a metal"))


def test_an_empty_prompt_is_what_stands_before_any_text(tiny_lm: LanguageModel) -> None:
    begin = tiny_lm.tokenizer.bos_token
    assert ask_pairs(tiny_lm, ("", "a metal"))[0] == pytest.approx(ask_pairs(tiny_lm, (begin, "a metal"))[0], abs=1e-4)


def test_equal_choices_alone_are_no_question(tiny_lm: LanguageModel) -> None:
    assert not Choice().can_ask(question("1", "a metal", "a metal"))
    assert Choice.lacking  # what the board says of those that were left out


def test_equal_choices_are_equally_likely_and_the_first_is_the_answer(wordy_lm: LanguageModel) -> None:
    asked = Classification().ask(wordy_lm, run_of(question("1", "a metal", "a plant", "a metal")))
    first, _, third = asked.samples[0].loglikelihoods or ()
    assert first == third


@pytest.mark.parametrize("key", ["title", "summary", "kind", "version", "metric", "column"])
def test_a_suite_file_without_a_field_says_which_and_where(project: Project, key: str) -> None:
    path = project.root / "data/suites/classification.yaml"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(f"{key}:")))
    with pytest.raises(ConfigError) as error:
        project.suite("classification")
    assert str(error.value).startswith(str(path))
    assert f'the key "{key}" is missing' in str(error.value)


def test_a_suite_file_that_says_not_what_is_asked_says_so(project: Project) -> None:
    path = project.root / "data/suites/classification.yaml"
    path.write_text(path.read_text().replace("views: [classify]\n", ""))
    with pytest.raises(ConfigError, match="give either `views` or `questions`"):
        project.suite("classification")
