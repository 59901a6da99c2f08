from __future__ import annotations

from typing import Any

import pytest

from harness.models.loaded import LanguageModel
from harness.scoring.asking.multiple_choice import Choices
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds import scope as module
from harness.scoring.kinds.scope import Scope
from harness.suites.sets.out_of_scope import DECLINE, FAR, IN, NEAR, ScopeQuestion

LABELS = ("metals", "wood")


def question(name: str, kind: str, answer: str) -> ScopeQuestion:
    return ScopeQuestion(
        id=f"hs_products/{name}",
        split="test",
        cluster=name,
        text=name,
        prompt=f"Which section? {name}",
        choices=(*LABELS, DECLINE),
        answer=answer,
        kind=kind,
    )


QUESTIONS = [
    question("nail", IN, "metals"),
    question("typhoid", NEAR, DECLINE),
    question("plank", IN, "wood"),
    question("poem", FAR, DECLINE),
]


def metrics_of(monkeypatch: pytest.MonkeyPatch, rows: list[list[float]]) -> dict[str, Any]:
    monkeypatch.setattr(module, "choice_loglikelihoods", lambda model, run: Choices(rows))
    run = SuiteRun("out_of_scope", "", QUESTIONS, batch_size=2, metric="auc")
    result = Scope().ask(object(), run)  # type: ignore[arg-type]
    return {name: metric.value for name, metric in Scope().aggregate(result, run).items()}


def test_a_model_that_always_gives_a_label_may_still_be_less_sure_outside_its_domain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = metrics_of(monkeypatch, [[-0.1, -5, -9], [-0.1, -5, -7], [-5, -0.1, -8], [-2, -2, -4]])
    assert (found["auc"], found["auc_near"], found["auc_far"]) == (1.0, 1.0, 1.0)
    assert (found["labelled_near"], found["labelled_far"], found["declined_inside"]) == (1.0, 1.0, 0.0)
    assert found["balanced_accuracy"] == 0.5


def test_always_declining_is_no_better_than_never(monkeypatch: pytest.MonkeyPatch) -> None:
    found = metrics_of(monkeypatch, [[-5, -5, -0.1]] * 4)
    assert (found["auc"], found["balanced_accuracy"], found["declined_inside"]) == (0.5, 0.5, 1.0)


def test_a_right_label_and_a_right_refusal_to_label_are_right() -> None:
    kind = Scope()
    assert kind.is_right("metals", correct=0.2, question=QUESTIONS[0]) is True
    assert kind.is_right("wood", correct=1.0, question=QUESTIONS[0]) is False
    assert kind.is_right(DECLINE, correct=0.0, question=QUESTIONS[3]) is True


def test_a_real_model_is_asked_every_label_and_the_answer_that_declines(wordy_lm: LanguageModel) -> None:
    run = SuiteRun("out_of_scope", "", QUESTIONS, batch_size=2, metric="auc")
    result = Scope().ask(wordy_lm, run)
    assert [len(sample.loglikelihoods or ()) for sample in result.samples] == [3, 3, 3, 3]
    assert {sample.gold for sample in result.samples} == {"a label", "to decline"}
    assert 0 <= (Scope().aggregate(result, run)["auc"].value or 0) <= 1
