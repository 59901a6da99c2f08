from dataclasses import replace

from harness.config.domain import DescribeTask
from harness.domains.views.describe import describe_view
from harness.items.item import Item
from harness.items.rows import Question
from tests.domains.views.contents import all_tasks, domain, one

HORSES = Item(
    id="010121",
    text="Horses",
    cluster="0101",
    code="0101.21",
    wrong_answers=("Asses", "horses", "Mules", "Pigs", "Goats"),
)


def test_the_choices_for_a_code_are_its_text_and_those_of_sibling_codes() -> None:
    [row] = describe_view(one(HORSES, domain(describe=DescribeTask(prompt="What is {code}?"))))
    assert replace(row, choices=()) == Question(
        id="010121",
        split="train",
        cluster="0101",
        text="0101.21",
        prompt="What is 0101.21?",
        choices=(),
        answer="Horses",
    )
    assert sorted(row.choices) == ["Asses", "Horses", "Mules", "Pigs"]


def test_an_item_without_a_code_gives_no_question() -> None:
    assert describe_view(one(replace(HORSES, code=None), all_tasks())) == []
