from dataclasses import replace

from harness.config.domain import AnswerTask, ClassifyTask, CompareTask
from harness.domains.views.contract import Content
from harness.domains.views.preferences import nearest_other_labels, preferences_view
from harness.items.item import Item, Split
from harness.items.rows import Preference
from tests.domains.views.contents import domain, one, rich


def labelled_item(name: str, text: str, label: str) -> Item:
    return Item(id=name, text=text, label=label, cluster=name)


ANIMALS = [
    labelled_item("1", "live horses", "animals"),
    labelled_item("2", "live trees and plants", "plants"),
    labelled_item("3", "copper wire", "metals"),
    labelled_item("4", "copper wire of refined copper", "electronics"),
    labelled_item("5", "live plants", "animals"),
    labelled_item("6", "copper wire, refined", "minerals"),
]
TRAIN = ("1", "2", "3")


def animals() -> Content:
    split: dict[str, Split] = {item.id: "train" if item.id in TRAIN else "test" for item in ANIMALS}
    return Content(ANIMALS, split, domain(classify=ClassifyTask(prompt="Which? {text}")))


def test_the_rejected_label_is_that_of_the_most_similar_training_item_with_another_label() -> None:
    rejected = {row.id: row.rejected for row in preferences_view(animals())}
    assert rejected["1-label"] == "plants"
    assert rejected["2-label"] == "animals"
    assert rejected["5-label"] == "plants"


def test_held_out_items_are_never_used_as_neighbours() -> None:
    rejected = {row.id: row.rejected for row in preferences_view(animals())}
    assert rejected["4-label"] == rejected["6-label"] == "metals"  # nearer to each other than to "copper wire"


def test_a_labelled_item_becomes_a_preference_with_the_prompt_of_the_task() -> None:
    row = next(row for row in preferences_view(animals()) if row.id == "5-label")
    assert row == Preference("5-label", "test", "5", "Which? live plants", "animals", "plants")


def test_of_equally_near_items_the_first_counts() -> None:
    one_item = labelled_item("q", "tin", "a")
    train = [(labelled_item(label, "zinc", label), label) for label in "dbc"]
    assert nearest_other_labels([(one_item, "a")], train) == ["d"]


def test_without_another_label_in_training_there_is_nothing_to_reject() -> None:
    items = [labelled_item("1", "horse", "a"), labelled_item("2", "donkey", "a"), labelled_item("3", "tree", "b")]
    content = Content(
        items, {"1": "train", "2": "train", "3": "test"}, domain(classify=ClassifyTask(prompt="Which? {text}"))
    )
    assert [(row.id, row.rejected) for row in preferences_view(content)] == [("3-label", "a")]


def test_each_of_three_wrong_answers_gives_one_row() -> None:
    item = Item(
        id="q",
        text="Why {text}?",
        cluster="c",
        answer="So.",
        other_answers=("Thus.",),
        wrong_answers=("No.", "thus.", "Ask.", "so.", "Later.", "Never."),
    )
    rows = preferences_view(one(item, domain(answer=AnswerTask(prompt="Q: {text}"))))
    assert sorted(rows, key=lambda row: row.id) == [
        Preference(f"q-answer-{place}", "train", "c", "Q: Why {text}?", "So.", wrong)
        for place, wrong in enumerate(("No.", "Ask.", "Later."))
    ]


def test_a_domain_with_answers_and_labels_has_both_kinds() -> None:
    content = rich(20)
    ids = {row.id for row in preferences_view(content)}
    assert ids == {f"i{n}-{kind}" for n in range(20) for kind in ("answer-0", "answer-1", "answer-2", "label")}


def test_chosen_and_rejected_are_never_equal() -> None:
    content = rich(40)
    shouted = [replace(item, wrong_answers=(str(item.answer).upper(), "No.")) for item in content.items]
    rows = preferences_view(Content(shouted, content.split, content.domain))
    assert all(row.chosen.casefold() != row.rejected.casefold() for row in rows)


def test_rated_texts_are_compared_as_answers_to_one_prompt() -> None:
    item = Item(id="1", text="witty", answer="witty", wrong_answers=("dull", "duller"), cluster="ann")
    rows = preferences_view(one(item, domain(compare=CompareTask(prompt="Be witty."))))
    assert sorted(rows, key=lambda row: row.id) == [
        Preference("1-compare-0", "train", "ann", "Be witty.", "witty", "dull"),
        Preference("1-compare-1", "train", "ann", "Be witty.", "witty", "duller"),
    ]
