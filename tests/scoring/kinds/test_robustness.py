from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from harness.domains.views import perturbed
from harness.items.rows import Question
from harness.models.loaded import LabelClassifier
from harness.records.run_record import Metric
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds.robustness import CHANGES, Robustness, origin

LABELS = ("meat", "wood")


class ReadsSmallLetters(LabelClassifier):
    """Knows wood if it is written small, and says meat to all else."""

    def log_proba(self, texts, labels):  # type: ignore[no-untyped-def]
        says = ["wood" if "wood" in text else "meat" for text in texts]
        return np.log([[0.9 if label == said else 0.1 for label in labels] for said in says])


def question(name: str, text: str, answer: str) -> Question:
    return Question(id=name, split="test", cluster="c", text=text, prompt=text, choices=LABELS, answer=answer)


def asked(*questions: Question, clean: Mapping[str, float], view: str = "classify_typos") -> dict[str, Metric]:
    run = SuiteRun("robustness", view, questions, batch_size=2, metric="accuracy", clean=clean)
    kind = Robustness()
    return kind.aggregate(kind.ask(ReadsSmallLetters(), run), run)


def test_the_drop_is_what_is_lost_on_the_same_items() -> None:
    metrics = asked(
        question("1:classify_upper", "WOOD", "wood"),
        question("2:classify_upper", "BEEF", "meat"),
        question("1:classify_typos", "wood", "wood"),
        question("2:classify_typos", "beff", "meat"),
        clean={"1": 1.0, "2": 1.0, "3": 0.0},
    )
    assert metrics["accuracy"] == Metric(value=0.75, n=4)
    assert metrics["drop"] == Metric(value=0.25, n=4)
    assert metrics["drop_upper"] == Metric(value=0.5, n=2)
    assert metrics["drop_typos"] == Metric(value=0.0, n=2)
    assert metrics["drop_emoji"] == metrics["drop_abbreviated"] == Metric(value=None, n=0)


def test_a_model_may_gain_by_a_change() -> None:
    metrics = asked(question("1:classify_upper", "BEEF", "meat"), clean={"1": 0.0})
    assert metrics["drop"].value == metrics["drop_upper"].value == -1.0


def test_items_that_were_not_asked_as_they_are_count_for_the_accuracy_only() -> None:
    metrics = asked(
        question("1:classify_upper", "WOOD", "wood"), question("2:classify_upper", "BEEF", "meat"), clean={"1": 1.0}
    )
    assert metrics["accuracy"] == Metric(value=0.5, n=2)
    assert metrics["drop"] == metrics["drop_upper"] == Metric(value=1.0, n=1)


def test_without_clean_results_there_is_no_drop() -> None:
    metrics = asked(question("1:classify_upper", "WOOD", "wood"), clean={})
    assert {name for name, metric in metrics.items() if metric == Metric(value=None, n=0)} == {
        "drop",
        *(f"drop_{change}" for change in CHANGES),
    }


def test_one_view_alone_has_bare_ids() -> None:
    metrics = asked(question("1", "WOOD", "wood"), clean={"1": 1.0}, view="classify_upper")
    assert metrics["drop_upper"] == Metric(value=1.0, n=1)


@pytest.mark.parametrize(
    ("item_id", "view", "expected"),
    [
        ("0101.21:classify_emoji", "classify_typos", ("0101.21", "emoji")),
        ("a:b:classify_emoji", "classify_typos", ("a:b", "emoji")),
        ("a:b", "classify_typos", ("a:b", "typos")),
        ("a", "answer_abbreviated", ("a", "abbreviated")),
    ],
)
def test_an_id_tells_item_and_change(item_id: str, view: str, expected: tuple[str, str]) -> None:
    assert origin(item_id, view=view) == expected


def test_a_text_that_is_not_changed_is_no_question_of_robustness() -> None:
    with pytest.raises(ValueError, match="names none of the changes"):
        origin("1", view="classify")


def test_all_changes_of_the_views_are_known() -> None:
    assert tuple(perturbed.CHANGES) == tuple(CHANGES)
    assert Robustness.metrics.keys() == {"accuracy", "drop", *(f"drop_{change}" for change in CHANGES)}


def test_the_score_of_an_item_is_its_share_of_the_accuracy() -> None:
    questions = [replace(question("1", "WOOD", "wood"), id=f"1:classify_{change}") for change in CHANGES]
    run = SuiteRun("robustness", "classify_typos", questions, batch_size=2, metric="accuracy")
    samples = Robustness().ask(ReadsSmallLetters(), run).samples
    assert [(sample.item_id, sample.cluster, sample.gold, sample.answer, sample.correct) for sample in samples] == [
        (f"1:classify_{change}", "c", "wood", "meat", 0.0) for change in CHANGES
    ]
