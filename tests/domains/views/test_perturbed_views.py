from dataclasses import replace

import pytest

from harness.augment.noise import upper_case
from harness.config.domain import AnswerTask, ClassifyTask
from harness.domains.views.answer import answer_view
from harness.domains.views.classify import classify_view
from harness.domains.views.contract import Content
from harness.domains.views.perturbed import CHANGES, VIEWS, classify_perturbed
from harness.items.item import Item
from harness.items.rows import Question
from tests.domains.views.contents import domain

QUESTIONS = (
    "May the installation of the building be approved without a department management report?",
    "What information does the government need before the maximum temperature is measured?",
    "Which quantity of horses is permitted for each household and how is it documented?",
)
CLASSIFY = "Which of {labels} is the right section for this?\nThe text: {text}\nSay the section only."
ANSWER = "Answer the following question without mistakes.\n{text}\nYour answer:"


def faq() -> Content:
    items = [
        Item(
            id=f"q{n}",
            text=f"{QUESTIONS[n % 3]} Number {n}, {{labels}}",
            cluster=f"c{n}",
            label=("building permits", "information")[n % 2],
            answer=f"Approved by the government department {n}.",
            wrong_answers=("Not at all.", "Ask the management."),
        )
        for n in range(12)
    ]
    split = {item.id: "train" if n < 6 else "test" for n, item in enumerate(items)}
    asked = domain(classify=ClassifyTask(prompt=CLASSIFY), answer=AnswerTask(prompt=ANSWER))
    return Content(items, {name: "train" if where == "train" else "test" for name, where in split.items()}, asked)


def rows_of(name: str) -> list[Question]:
    rows = VIEWS[name].build(faq())
    return [row for row in rows if isinstance(row, Question)]


def clean(name: str) -> list[Question]:
    view = classify_view if name.startswith("classify") else answer_view
    return [row for row in view(faq()) if row.split == "test"]


def test_both_tasks_have_a_view_for_each_kind_of_noise() -> None:
    kinds = ("typos", "upper", "emoji", "abbreviated")
    assert set(VIEWS) == {f"{task}_{kind}" for task in ("classify", "answer") for kind in kinds}


@pytest.mark.parametrize("name", VIEWS)
def test_a_noisy_view_has_test_questions_only_and_changes_only_the_text(name: str) -> None:
    rows, originals = rows_of(name), clean(name)
    assert [replace(r, text=c.text, prompt=c.prompt) for r, c in zip(rows, originals, strict=True)] == originals


@pytest.mark.parametrize("name", VIEWS)
def test_the_texts_are_perturbed(name: str) -> None:
    assert all(row.text != original.text for row, original in zip(rows_of(name), clean(name), strict=True))


@pytest.mark.parametrize("name", VIEWS)
def test_the_words_of_the_prompt_around_the_text_are_not_perturbed(name: str) -> None:
    before, after = (CLASSIFY if name.startswith("classify") else ANSWER).split("{text}")
    before = before.replace("{labels}", "building permits, information")
    assert all(row.prompt == before + row.text + after for row in rows_of(name))


def test_the_upper_case_view_has_the_original_text_in_upper_case() -> None:
    for row, original in zip(rows_of("classify_upper"), clean("classify_upper"), strict=True):
        assert row.text == upper_case(original.text)


def test_the_noise_of_an_item_does_not_depend_on_other_items() -> None:
    content = faq()
    some = Content(content.items[6:8], content.split, content.domain)
    change, _ = CHANGES["typos"]
    texts = {row.id: row.text for row in classify_perturbed(content, change)}
    assert {row.id: row.text for row in classify_perturbed(some, change)} == {n: texts[n] for n in ("q6", "q7")}


def test_each_item_has_different_typos() -> None:
    content = faq()
    same = [replace(item, text=QUESTIONS[0]) for item in content.items]
    change, _ = CHANGES["typos"]
    rows = classify_perturbed(Content(same, content.split, content.domain), change)
    assert len({row.text for row in rows}) == len(rows) == 6
