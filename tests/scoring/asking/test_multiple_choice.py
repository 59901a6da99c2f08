from collections.abc import Callable

import numpy as np
import pytest

from harness.config.project import Project
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.measure.device import prepare_device
from harness.models.causal_lm import load_folder
from harness.models.loaded import LabelClassifier
from harness.scoring.asking.multiple_choice import Choices, choice_loglikelihoods
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds.claims import Claims
from harness.scoring.kinds.classification import Classification


class Fixed(LabelClassifier):
    """Knows the answers of its texts."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers

    def log_proba(self, texts, labels):  # type: ignore[no-untyped-def]
        return np.log([[0.9 if self.answers[text] == label else 0.01 for label in labels] for text in texts])


def question(name: str, answer: str, choices: tuple[str, ...] = ("a", "b", "c")) -> Question:
    return Question(
        id=name,
        split="test",
        cluster=name,
        text=f"text {name}",
        prompt=f"which? {name}",
        choices=choices,
        answer=answer,
    )


def run_of(questions: list[Question]) -> SuiteRun:
    return SuiteRun("suite", "classify", questions, batch_size=4, metric="accuracy")


def answers(rows: list[list[float]]) -> Callable[..., Choices]:
    """Instead of asking a model."""
    return lambda model, run: Choices(rows)


def test_a_label_classifier_is_scored_on_the_same_items_through_lm_eval() -> None:
    questions = [question("1", "a"), question("2", "b"), question("3", "c")]
    model = Fixed({"text 1": "a", "text 2": "b", "text 3": "b"})
    asked = Classification().ask(model, run_of(questions))
    assert [sample.answer for sample in asked.samples] == ["a", "b", "b"]
    assert [sample.correct for sample in asked.samples] == [1.0, 1.0, 0.0]
    metrics = Classification().aggregate(asked, run_of(questions))
    assert metrics["accuracy"].value == pytest.approx(2 / 3)


def test_balanced_accuracy_weighs_labels_not_items() -> None:
    questions = [question(str(i), "a") for i in range(9)] + [question("9", "b")]
    model = Fixed({f"text {i}": "a" for i in range(10)})
    metrics = Classification().aggregate(Classification().ask(model, run_of(questions)), run_of(questions))
    assert metrics["accuracy"].value == pytest.approx(0.9)
    assert metrics["balanced_accuracy"].value == pytest.approx(0.5)


def test_with_an_end_the_shorter_of_nested_labels_is_not_always_the_likelier(prepared: Project) -> None:
    model = load_folder(prepared.base_folder("causal_lm"), prepare_device("float32"))
    nested = [question("1", "cotton", ("cotton", "cotton products"))]
    ((short, long),) = choice_loglikelihoods(model, run_of(nested)).loglikelihoods
    end = model.tokenizer.eos_token
    ended = [question("1", f"cotton{end}", (f"cotton{end}", "iron"))]
    (with_end,) = choice_loglikelihoods(model, run_of(ended)).loglikelihoods
    assert short == pytest.approx(with_end[0], abs=1e-4)
    assert long < 0


def test_a_language_model_answers_every_domain_question(prepared: Project) -> None:
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    model = load_folder(prepared.base_folder("causal_lm"), prepare_device("float32"))
    questions = domain.questions("classify", "test", limit=10)
    rows = choice_loglikelihoods(model, run_of(questions)).loglikelihoods
    assert [len(row) for row in rows] == [len(domain.labels)] * 10
    assert all(value < 0 for row in rows for value in row)
    assert len({tuple(row) for row in rows}) == 10  # each item's own prompt was read


def test_always_saying_true_scores_half_on_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = [question(str(i), "True" if i % 2 else "False", ("True", "False")) for i in range(10)]
    monkeypatch.setattr("harness.scoring.kinds.claims.choice_loglikelihoods", answers([[-1.0, -2.0]] * 10))
    asked = Claims().ask(object(), run_of(claims))  # type: ignore[arg-type]
    metrics = Claims().aggregate(asked, run_of(claims))
    assert metrics["balanced_accuracy"].value == 0.5
    assert metrics["auc"].value == 0.5
    assert {sample.gold for sample in asked.samples} == {"true", "false"}


def test_the_auc_sees_through_a_bias_towards_true(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = [question(str(i), "True" if i < 5 else "False", ("True", "False")) for i in range(10)]
    odds = [[-1.0, -5.0]] * 5 + [[-1.0, -4.0]] * 5  # always True, but surer where it is right
    monkeypatch.setattr("harness.scoring.kinds.claims.choice_loglikelihoods", answers(odds))
    metrics = Claims().aggregate(Claims().ask(object(), run_of(claims)), run_of(claims))  # type: ignore[arg-type]
    assert metrics["balanced_accuracy"].value == 0.5
    assert metrics["auc"].value == 1.0
