from dataclasses import replace

import pytest

from harness.domains.views.contract import Content
from harness.domains.views.registry import VIEWS
from harness.items.item import Item, Split
from harness.items.rows import Instruction, Pair, Preference, Question, Row
from tests.domains.views.contents import all_tasks, domain, rich

SECRET = "This is the long and right answer to a question of the test."
BOTH = ("No.", SECRET, "Yes.")


def faq(answer: str = SECRET) -> Content:
    def item(name: str, answer: str) -> Item:
        return Item(
            id=name,
            text=f"Question {name}?",
            cluster=name,
            label=f"label {name}",
            code=f"{name}.1",
            missing_code=f"{name}.2",
            answer=answer,
            wrong_answers=(*BOTH, "Question c?", "Question b?"),
            anchors=(f"Question {name}?",),
            positive=answer,
            negatives=BOTH,
        )

    items = [item("a", "Maybe."), item("b", "Certainly."), item("c", answer)]
    split: dict[str, Split] = {"a": "train", "b": "validation", "c": "test"}
    return Content(items, split, all_tasks())


def test_a_right_answer_of_the_test_is_not_a_wrong_answer_in_training() -> None:
    content = faq()
    assert content.wrong_answers(content.items[0]) == content.negatives(content.items[0]) == ("No.", "Yes.")


def test_a_further_right_answer_of_the_test_is_not_wrong_in_training_whatever_its_case() -> None:
    content = faq()
    also = "This is another long and right answer to the question of the test."
    items = [
        replace(content.items[0], wrong_answers=(SECRET.upper(), f"{also} ", "No.")),
        content.items[1],
        replace(content.items[2], other_answers=(also,)),
    ]
    content = Content(items, content.split, content.domain)
    assert content.wrong_answers(items[0]) == ("No.",)


def test_held_out_items_keep_all_their_wrong_answers() -> None:
    content = faq()
    for item in content.items[1:]:
        assert (content.wrong_answers(item), content.negatives(item)) == (item.wrong_answers, BOTH)


def test_a_held_out_item_offers_right_answers_of_training_last() -> None:
    content = faq()
    item = replace(content.items[2], wrong_answers=("MAYBE.", "No.", "Yes."))
    assert content.wrong_answers(item) == ("No.", "Yes.", "MAYBE.")


def test_a_short_answer_may_be_right_in_the_test_and_wrong_in_training() -> None:
    content = faq(answer="Yes.")
    assert content.negatives(content.items[0]) == BOTH


def shown(row: Row) -> list[str]:
    match row:
        case Question() | Instruction():
            return [*row.choices]
        case Pair():
            return [*row.negatives]
        case Preference():
            return [row.rejected]
    return []


@pytest.mark.parametrize("name", ["answer", "describe", "instruction", "pairs", "preferences", "unanswerable"])
def test_no_training_row_of_any_view_shows_a_right_answer_of_the_test(name: str) -> None:
    rows = [row for row in VIEWS[name].build(faq()) if row.split == "train"]
    assert rows
    assert not {SECRET, "Question b?", "Question c?"} & {text for row in rows for text in shown(row)}


def test_random_numbers_depend_on_seed_and_name_only() -> None:
    few, many = rich(5), rich(50)
    assert few.rng("a").random() == many.rng("a").random() != few.rng("b").random()
    other = domain().model_copy(update={"splits": few.domain.splits.model_copy(update={"seed": 1})})
    assert Content([], {}, other).rng("a").random() != few.rng("a").random()


def test_the_first_mixed_rows_come_from_many_items() -> None:
    rows = VIEWS["pairs"].build(rich(60))
    assert len(rows) == 120
    assert len({row.id.split("-")[0] for row in rows[:30]}) > 20  # 15 if rows of an item stood together
