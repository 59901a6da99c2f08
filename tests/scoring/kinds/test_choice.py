from __future__ import annotations

import pytest

from harness.items.rows import Question
from harness.models.loaded import LanguageModel
from harness.scoring.asking.multiple_choice import Choices
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds.choice import Choice

LONG, SHORT = "a permit of the municipality", "no"


def question(name: str, answer: str, choices: tuple[str, ...]) -> Question:
    return Question(id=name, split="test", cluster=name, text=name, prompt=name, choices=choices, answer=answer)


def run_of(*questions: Question, metric: str = "accuracy_norm") -> SuiteRun:
    return SuiteRun("answer_choice", "answer", questions, batch_size=2, metric=metric)


def likely(monkeypatch: pytest.MonkeyPatch, *rows: list[float]) -> None:
    """Instead of asking a model."""
    monkeypatch.setattr(
        "harness.scoring.asking.multiple_choice.choice_loglikelihoods", lambda model, run: Choices(list(rows))
    )


def test_a_long_right_answer_wins_per_byte_though_every_word_makes_it_less_likely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    likely(monkeypatch, [-14.0, -6.0])  # half a nat per byte against three
    asked = question("1", LONG, (LONG, SHORT))
    for metric, answer in (("accuracy_norm", LONG), ("accuracy", SHORT)):
        run = run_of(asked, metric=metric)
        found = Choice().ask(object(), run)  # type: ignore[arg-type]
        (sample,) = found.samples
        assert (sample.answer, sample.correct) == (answer, float(answer == LONG))
        metrics = Choice().aggregate(found, run)
        assert (metrics["accuracy_norm"].value, metrics["accuracy"].value) == (1.0, 0.0)


def test_bytes_count_not_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    likely(monkeypatch, [-8.0, -9.0])
    run = run_of(question("1", "åäö", ("abcd", "åäö")))  # 4 bytes against 6: 2 nats per byte against 1.5
    (sample,) = Choice().ask(object(), run).samples  # type: ignore[arg-type]
    assert sample.answer == "åäö"


def test_an_empty_choice_is_no_division_by_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    likely(monkeypatch, [-8.0, -9.0])
    (sample,) = Choice().ask(object(), run_of(question("1", "yes", ("", "yes")))).samples  # type: ignore[arg-type]
    assert sample.answer == "yes"


@pytest.mark.parametrize(
    ("choices", "expected"),
    [((), False), (("a",), False), (("a", "a"), False), (("b", "c"), False), (("b", "a"), True)],
)
def test_a_question_needs_its_answer_and_another_one_to_choose_from(choices: tuple[str, ...], expected: bool) -> None:
    assert Choice().can_ask(question("1", "a", choices)) == expected


def test_a_tiny_model_chooses_among_answers_of_each_question_its_own(tiny_lm: LanguageModel) -> None:
    run = run_of(question("1", LONG, (SHORT, LONG)), question("2", "ten weeks", ("ten weeks", "a year", "never")))
    asked = Choice().ask(tiny_lm, run)
    assert [len(sample.loglikelihoods or ()) for sample in asked.samples] == [2, 3]
    for sample, one in zip(asked.samples, run.questions, strict=True):
        assert sample.answer in one.choices
        assert sample.gold_loglikelihood == (sample.loglikelihoods or ())[one.choices.index(one.answer)]
