from __future__ import annotations

from typing import Any

import pytest

from harness.items.rows import Question
from harness.scoring.asking.multiple_choice import Choices
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds import claims as module
from harness.scoring.kinds.claims import Claims


def claim(name: str, *, holds: bool) -> Question:
    answer = "True" if holds else "False"
    return Question(
        id=name, split="test", cluster=name, text=name, prompt=name, choices=("True", "False"), answer=answer
    )


QUESTIONS = [claim("1", holds=True), claim("2", holds=False), claim("3", holds=True), claim("4", holds=False)]
SAYS_TRUE = [[-0.1, -3.0], [-0.1, -1.0], [-0.1, -2.0], [-0.1, -2.5]]
"""Log-likelihoods of True and False: always True, and surer of true statements in three of four pairs."""


def asked(monkeypatch: pytest.MonkeyPatch, metric: str) -> tuple[Any, Any]:
    monkeypatch.setattr(module, "choice_loglikelihoods", lambda model, run: Choices(SAYS_TRUE))
    run = SuiteRun("claims", "claims", QUESTIONS, batch_size=2, metric=metric)
    result = Claims().ask(object(), run)  # type: ignore[arg-type]
    return result, Claims().aggregate(result, run)


def test_the_auc_shows_what_a_model_knows_that_says_true_to_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    result, metrics = asked(monkeypatch, "auc")
    assert metrics["auc"].value == 0.75
    assert metrics["balanced_accuracy"].value == 0.5
    assert [sample.correct for sample in result.samples] == [1.0, 1.0, 0.5, 0.5]  # shares of each item's own pairs


def test_a_suite_that_ranks_by_balanced_accuracy_keeps_right_and_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    result, metrics = asked(monkeypatch, "balanced_accuracy")
    assert [sample.correct for sample in result.samples] == [1.0, 0.0, 1.0, 0.0]
    assert metrics["auc"].value == 0.75


def test_whether_an_answer_is_right_does_not_follow_from_its_share_of_pairs() -> None:
    kind = Claims()
    assert kind.is_right("true", correct=0.4, question=QUESTIONS[0]) is True
    assert kind.is_right("true", correct=1.0, question=QUESTIONS[1]) is False
    assert kind.is_right("true", correct=1.0, question=None) is None
