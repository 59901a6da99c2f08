from __future__ import annotations

from typing import Any

import pytest

from harness.items.rows import Question
from harness.models.loaded import LanguageModel
from harness.scoring.asking import free_text
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds.written_label import DECLINED, LABEL, NO_LABEL, WrittenLabel, sort_of
from harness.suites.sets.out_of_scope import DECLINE, FAR, IN, ScopeQuestion

CHOICES = ("food and drink", "metals", DECLINE)


@pytest.mark.parametrize(
    ("answer", "sort"),
    [
        ("metals", LABEL),
        ("Food and drink.\nBecause it is eaten.", LABEL),
        ('"METALS"', LABEL),
        ("none of these", DECLINED),
        ("None of the sections fits.", DECLINED),
        ("I'm sorry, but I cannot answer that.", DECLINED),
        ("The product belongs to metals.", NO_LABEL),
        ("metal", NO_LABEL),
        ("", NO_LABEL),
    ],
)
def test_an_answer_is_a_label_declines_or_is_no_label(answer: str, sort: str) -> None:
    assert sort_of(answer, CHOICES) == sort


def question(name: str, kind: str, answer: str) -> ScopeQuestion:
    return ScopeQuestion(
        id=name, split="test", cluster=name, text=name, prompt=name, choices=CHOICES, answer=answer, kind=kind
    )


def test_shares_are_of_texts_inside_and_outside_the_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = [question("a", IN, "metals"), question("b", IN, "metals"), question("c", FAR, DECLINE)]
    texts = ["metals", "It is a nail.", "metals"]
    monkeypatch.setattr(
        free_text, "write_answers", lambda model, run, raw: free_text.Answers(texts, truncated=0, unfinished=0)
    )
    run = SuiteRun("out_of_scope_written", "", questions, batch_size=2, metric="accuracy")
    kind = WrittenLabel()
    found = {name: one.value for name, one in kind.aggregate(kind.ask(object(), run), run).items()}  # type: ignore[arg-type]
    assert (found["label_inside"], found["no_label_inside"]) == (0.5, 0.5)
    assert (found["label_outside"], found["declined_outside"], found["no_label_outside"]) == (1.0, 0.0, 0.0)
    assert found["accuracy"] == pytest.approx(1 / 3)


def test_the_domains_own_questions_have_no_shares_outside(wordy_lm: LanguageModel) -> None:
    own: list[Any] = [
        Question(id=n, split="test", cluster=n, text=n, prompt=n, choices=("metals", "wood"), answer="wood")
        for n in ("a nail", "a plank")
    ]
    run = SuiteRun("written_labels", "classify", own, batch_size=2, metric="accuracy", max_new_tokens=4)
    found = WrittenLabel().aggregate(WrittenLabel().ask(wordy_lm, run), run)
    assert found["label_outside"].value is None
    assert found["label_inside"].value == 0.0
    assert found["no_label_inside"].n == 2
