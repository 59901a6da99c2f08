"""What must hold for every view."""

import random
from collections import Counter

import pytest

from harness.domains.views.contract import Content
from harness.domains.views.registry import VIEWS
from harness.items.item import Item
from harness.items.rows import Instruction, Question
from tests.domains.views.contents import all_tasks, domain, in_turn, only_rejected, rich_item
from tests.tree import ROOT

PLACE = {
    "pairs": 1,
    "translate": 1,
    "claims": 1,
    "claims_few_shot": 1,
    "unanswerable": 1,
    "grounded": 1,
    "objects": 1,
    "instruction": 2,
    "preferences": 2,
    "unpaired_preferences": 2,
}
"""View -> how many parts its ids have at most beyond the item's, which here has no dash itself."""


def rich() -> Content:
    """A content for which every view has rows."""
    return in_turn([*(rich_item(number) for number in range(60)), only_rejected(60)], all_tasks())


@pytest.fixture(scope="module", params=[name for name in VIEWS if name != "documents"])
def item_view(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", VIEWS)
def test_a_domain_that_has_everything_has_rows_in_each_view(name: str) -> None:
    rows = VIEWS[name].build(rich())
    assert {type(row) for row in rows} == {VIEWS[name].row}
    assert max(Counter(row.id for row in rows).values()) == 1


def test_each_row_has_the_split_and_cluster_of_its_item(item_view: str) -> None:
    content = rich()
    cluster = {item.id: item.cluster for item in content.items}
    for row in VIEWS[item_view].build(content):
        item, _, rest = row.id.partition("-")
        assert bool(rest) == (item_view in PLACE)
        assert row.split == content.split[item]
        assert row.cluster == cluster[item]


@pytest.mark.parametrize("name", VIEWS)
def test_the_order_of_the_items_changes_nothing(name: str) -> None:
    content = rich()
    shuffled = random.Random(1).sample(content.items, len(content.items))
    again = Content(shuffled, content.split, content.domain)
    assert list(VIEWS[name].build(again)) == list(VIEWS[name].build(content))


@pytest.mark.parametrize("name", VIEWS)
def test_another_seed_gives_another_order(name: str) -> None:
    content = rich()
    asked = content.domain
    other = asked.model_copy(update={"splits": asked.splits.model_copy(update={"seed": 1})})
    rows, others = (VIEWS[name].build(Content(content.items, content.split, d)) for d in (asked, other))
    assert [row.id for row in rows] != [row.id for row in others]


@pytest.mark.parametrize("name", [n for n, view in VIEWS.items() if view.row in (Question, Instruction)])
def test_choices_contain_the_answer_once_and_no_text_twice(name: str) -> None:
    for row in VIEWS[name].build(rich()):
        assert isinstance(row, Question | Instruction)
        if row.choices:
            assert row.choices.count(row.answer) == 1
            assert len(set(row.choices)) == len(row.choices)


@pytest.mark.parametrize("name", VIEWS)
def test_a_domain_without_tasks_has_no_questions(name: str) -> None:
    content = rich()
    rows = VIEWS[name].build(Content(content.items, content.split, domain()))
    assert bool(rows) == (name in ("pairs", "documents", "captions"))  # these need no wording


@pytest.mark.parametrize("name", VIEWS)
def test_items_that_only_have_a_text_give_only_documents(name: str) -> None:
    bare = [Item(id=f"i{n}", text=f"text {n}", cluster=f"c{n}") for n in range(10)]
    assert bool(VIEWS[name].build(in_turn(bare, all_tasks()))) == (name == "documents")


@pytest.mark.parametrize("name", VIEWS)
def test_the_description_of_a_view_is_one_short_line(name: str) -> None:
    about = VIEWS[name].about
    assert "\n" not in about
    assert about.strip()
    assert len(about) < 90


def test_the_documentation_names_every_view() -> None:
    page = (ROOT / "docs/views.md").read_text(encoding="utf-8")
    assert not [name for name in VIEWS if f"| `{name}`" not in page and f", `{name}`" not in page]
