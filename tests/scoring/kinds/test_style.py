from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from harness.errors import DataError
from harness.items.rows import Question
from harness.models.loaded import LanguageModel
from harness.scoring.asking.free_text import Answers
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds.style import GRADES, Style
from harness.suites.sets.style import StyleQuestion


def instruction(name: str, *checks: str) -> StyleQuestion:
    return StyleQuestion(
        id=name,
        split="test",
        cluster="x",
        text="Write.",
        prompt="Write.",
        choices=(),
        answer="a rule",
        checks=checks,
    )


RUN = SuiteRun(
    "style",
    "",
    [
        instruction("1", "words_at_most 3", "lowercase"),
        instruction("2", "words_at_most 3", "lowercase"),
        instruction("3", "no_commas"),
        instruction("4", "lowercase"),
        instruction("5", "words_at_least 8"),
    ],
    batch_size=2,
    metric="strict",
    max_new_tokens=6,
)
WRITTEN = ["two words", "Two words", "", "Sure:\nhere", "ha " * 200]
EXPECTED: dict[str, list[float]] = {
    "strict": [1, 0, 0, 0, 1],
    "loose": [1, 0, 0, 1, 1],
    "instruction": [1, 0.5, 0, 0, 1],
    "empty": [0, 0, 1, 0, 0],
    "degenerate": [0, 0, 0, 0, 1],
}


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Instead of letting a model write, but where one is asked for."""
    if "wordy_lm" not in request.fixturenames:
        answers = Answers(WRITTEN, truncated=1, unfinished=2)
        monkeypatch.setattr("harness.scoring.asking.free_text.write_answers", lambda model, run, raw: answers)


@pytest.mark.parametrize("metric", EXPECTED)
def test_a_sample_holds_the_items_value_of_the_suites_metric(metric: str) -> None:
    run = dataclasses.replace(RUN, metric=metric)
    asked = Style().ask(object(), run)  # type: ignore[arg-type]
    assert [sample.correct for sample in asked.samples] == EXPECTED[metric]
    assert Style().aggregate(asked, run)[metric].value == pytest.approx(sum(EXPECTED[metric]) / 5)
    assert [(sample.gold, sample.answer) for sample in asked.samples] == [("a rule", text) for text in WRITTEN]
    assert (asked.truncated, asked.unfinished) == (1, 2)


def test_all_metrics_are_computed_whichever_the_suite_shows() -> None:
    found = []
    for metric in EXPECTED:
        run = dataclasses.replace(RUN, metric=metric)
        found.append(Style().aggregate(Style().ask(object(), run), run))  # type: ignore[arg-type]
    assert all(other == found[0] for other in found)
    assert set(found[0]) == set(Style.metrics)
    assert {metric.n for metric in found[0].values()} == {5}
    assert found[0]["unfinished"].value == pytest.approx(2 / 5)


def test_every_metric_by_which_a_suite_can_rank_stands_in_the_samples() -> None:
    assert set(EXPECTED) == {name for name, spec in Style.metrics.items() if spec.per_item}
    assert set(GRADES) == {name for name, spec in Style.metrics.items() if not spec.cannot_rank}


def test_only_questions_with_checks_can_be_asked() -> None:
    plain = {name: getattr(RUN.questions[0], name) for name in (field.name for field in dataclasses.fields(Question))}
    assert Style().can_ask(RUN.questions[0])
    assert not Style().can_ask(instruction("6"))
    assert not Style().can_ask(Question(**plain))


def test_a_check_that_is_unknown_is_told_with_its_instruction() -> None:
    with pytest.raises(DataError, match="no check") as error:
        Style().can_ask(instruction("6", "words_at_mots 3"))
    assert str(error.value).startswith("6: ")


def test_a_tiny_model_is_checked_and_twice_the_same(wordy_lm: LanguageModel) -> None:
    asked = Style().ask(wordy_lm, RUN)
    assert Style().ask(wordy_lm, RUN) == asked
    values: list[Any] = [metric.value for metric in Style().aggregate(asked, RUN).values()]
    assert all(0 <= value <= 1 for value in values)


def test_an_answer_that_follows_every_rule_is_not_called_right() -> None:
    assert Style().is_right("lazy", correct=1.0, question=None) is None
