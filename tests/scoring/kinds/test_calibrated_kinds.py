"""Kinds that say how well a model's confidence fits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.items.rows import Question
from harness.models.loaded import LabelClassifier
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import Choices
from harness.scoring.contract import SuiteKind, SuiteRun
from harness.scoring.kinds.choice import Choice
from harness.scoring.kinds.claims import Claims
from harness.scoring.kinds.classification import Classification


class Knows(LabelClassifier):
    """Gives the labels it knows their shares, and others its smallest."""

    shares = {"a": 0.7, "b": 0.3}

    def log_proba(self, texts, labels):  # type: ignore[no-untyped-def]
        row = [self.shares.get(label, min(self.shares.values())) for label in labels]
        return np.log(np.tile(row, (len(texts), 1)))


def question(name: str, answer: str, choices: tuple[str, ...]) -> Question:
    return Question(id=name, split="test", cluster=name, text=name, prompt=name, choices=choices, answer=answer)


def metrics_of(
    kind: SuiteKind, questions: list[Question], rows: list[list[float]], *, metric: str, patch: pytest.MonkeyPatch
) -> dict[str, Metric]:
    for module in ("harness.scoring.asking.multiple_choice", "harness.scoring.kinds.claims"):
        patch.setattr(f"{module}.choice_loglikelihoods", lambda model, run: Choices(rows))
    run = SuiteRun("suite", "view", questions, batch_size=2, metric=metric)
    return kind.aggregate(kind.ask(object(), run), run)  # type: ignore[arg-type]


def logs(*shares: float) -> list[float]:
    return [math.log(share) for share in shares]


def test_labels_are_calibrated_by_their_likelihoods(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = [question("1", "a", ("a", "b")), question("2", "b", ("a", "b"))]
    rows = [logs(0.09, 0.01), logs(0.07, 0.03)]
    metrics = metrics_of(Classification(), questions, rows, metric="accuracy", patch=monkeypatch)
    assert metrics["ece"].value == pytest.approx((0.1 + 0.7) / 2)
    assert metrics["brier"].value == pytest.approx((2 * 0.01 + 2 * 0.49) / 2)


def test_a_label_that_a_classifier_never_saw_counts_with_the_smallest_share() -> None:
    run = SuiteRun("suite", "view", [question("1", "c", ("a", "b", "c"))], batch_size=1, metric="accuracy")
    metrics = Classification().aggregate(Classification().ask(Knows(), run), run)
    of = 0.7 + 0.3 + 0.3
    assert metrics["ece"].value == pytest.approx(0.7 / of)
    assert metrics["brier"].value == pytest.approx((0.7 / of) ** 2 + (0.3 / of) ** 2 + (1 - 0.3 / of) ** 2)


def test_long_answers_are_calibrated_by_what_the_suites_metric_compares(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = [question("1", "four", ("four", "no"))]
    rows = [[4 * math.log(0.6), 2 * math.log(0.4)]]
    per_byte = metrics_of(Choice(), questions, rows, metric="accuracy_norm", patch=monkeypatch)
    assert per_byte["ece"].value == pytest.approx(0.4)
    plain = metrics_of(Choice(), questions, rows, metric="accuracy", patch=monkeypatch)
    wrong = 0.4**2 / (0.4**2 + 0.6**4)
    assert plain["ece"].value == pytest.approx(wrong)
    assert plain["brier"].value == pytest.approx(2 * wrong**2)
    assert {name: plain[name].value for name in ("accuracy", "accuracy_norm")} == {"accuracy": 0, "accuracy_norm": 1}


def test_claims_are_calibrated_whatever_the_words_for_true_and_false(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("Yes", "No")
    questions = [question("1", "Yes", words), question("2", "No", words), question("3", "No", words)]
    rows = [logs(0.8, 0.2), logs(0.2, 0.8), logs(0.9, 0.1)]
    metrics = metrics_of(Claims(), questions, rows, metric="balanced_accuracy", patch=monkeypatch)
    assert metrics["ece"].value == pytest.approx((2 * 0.2 + 0.9) / 3)
    assert metrics["brier"].value == pytest.approx((2 * 0.08 + 2 * 0.81) / 3)


def test_statements_whose_two_answers_tie_exactly_are_judged_by_lot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that ties on every statement must not get the score of always saying True."""
    questions = [question(str(place), "True" if place % 2 else "False", ("True", "False")) for place in range(200)]
    monkeypatch.setattr(
        "harness.scoring.kinds.claims.choice_loglikelihoods", lambda model, run: Choices([logs(0.5, 0.5)] * 200)
    )
    run = SuiteRun("suite", "view", questions, batch_size=2, metric="balanced_accuracy")
    asked = Claims().ask(object(), run)  # type: ignore[arg-type]
    says = [sample.answer for sample in asked.samples]
    assert 70 < says.count("true") < 130
    assert [sample.answer for sample in Claims().ask(object(), run).samples] == says  # type: ignore[arg-type]
