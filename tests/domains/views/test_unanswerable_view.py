from collections import Counter
from dataclasses import replace

from harness.config.domain import UnanswerableTask
from harness.domains.views.contract import Content
from harness.domains.views.unanswerable import unanswerable_view
from harness.items.item import SPLITS, Item
from tests.domains.views.contents import UNKNOWN, all_tasks, one, rich

HORSES = Item(
    id="h",
    text="Horses",
    cluster="c",
    code="0101.21",
    missing_code="0101.99",
    wrong_answers=("Asses", "Mules", "Pigs", "Goats"),
)


def test_only_the_existing_code_is_offered_with_its_description() -> None:
    known, missing = unanswerable_view(one(HORSES, all_tasks(), split="test"))
    assert (known.id, known.text, known.answer) == ("h-known", "0101.21", "Horses")
    assert (missing.id, missing.text, missing.answer) == ("h-missing", "0101.99", UNKNOWN)
    assert known.prompt == f'What is 0101.21? Else say "{UNKNOWN}"'
    assert missing.prompt == f'What is 0101.99? Else say "{UNKNOWN}"'
    assert sorted(known.choices) == sorted(["Horses", "Asses", "Mules", UNKNOWN])
    assert sorted(missing.choices) == sorted(["Pigs", "Asses", "Mules", UNKNOWN])


def test_with_two_wrong_descriptions_both_questions_have_three_choices() -> None:
    rows = unanswerable_view(one(replace(HORSES, wrong_answers=("Asses", "Mules")), all_tasks()))
    assert [len(row.choices) for row in rows] == [3, 3]


def test_items_with_fewer_wrong_descriptions_or_without_a_missing_code_give_no_question() -> None:
    for item in (
        replace(HORSES, wrong_answers=("Asses", "horses", "asses")),
        replace(HORSES, missing_code=None),
        replace(HORSES, code=None),
    ):
        assert unanswerable_view(one(item, all_tasks())) == []


def test_any_even_number_of_questions_has_half_of_them_about_missing_codes() -> None:
    for split in SPLITS:
        rows = [row for row in unanswerable_view(rich(60)) if row.split == split]
        for first in range(0, len(rows), 2):
            assert [row.answer == UNKNOWN for row in rows[first : first + 2]] == [False, True]


def test_each_split_uses_at_most_the_configured_number_of_items() -> None:
    task = UnanswerableTask(prompt="What is {code}? {unknown}", items=5)
    counts = Counter(row.split for row in unanswerable_view(rich(60, unanswerable=task)))
    assert counts == {"train": 10, "validation": 10, "test": 10}


def test_the_limit_counts_items_that_can_be_asked() -> None:
    content = rich(60)
    items = [replace(item, missing_code=None) if n % 2 else item for n, item in enumerate(content.items)]
    task = UnanswerableTask(prompt="What is {code}? {unknown}", items=5)
    content = Content(items, content.split, all_tasks(unanswerable=task))
    assert Counter(row.split for row in unanswerable_view(content)) == {"train": 10, "validation": 10, "test": 10}


def test_the_places_of_the_right_answer_and_of_the_unknown_phrase_are_random() -> None:
    task = UnanswerableTask(prompt="What is {code}? {unknown}", unknown=UNKNOWN, items=400)
    rows = unanswerable_view(rich(600, unanswerable=task))
    for exists in (True, False):
        some = [row for row in rows if (row.answer != UNKNOWN) == exists]
        for places in (
            Counter(row.choices.index(row.answer) for row in some),
            Counter(row.choices.index(UNKNOWN) for row in some),
        ):
            assert sorted(places) == [0, 1, 2, 3]
            assert all(0.18 < count / len(some) < 0.32 for count in places.values())
