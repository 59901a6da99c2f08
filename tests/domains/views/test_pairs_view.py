from harness.domains.views.pairs import pairs_view
from harness.items.item import Item
from harness.items.rows import Pair
from tests.domains.views.contents import domain, one

ITEM = Item(
    id="a00",
    text="Cholera",
    cluster="a00",
    anchors=("blue death", "cholera ", "Blue Death", "comma bacillus disease"),
    positive="Cholera",
    negatives=("Typhoid", "CHOLERA", "blue death", "Typhoid", "Shigellosis"),
)


def test_each_synonym_is_an_anchor_and_no_right_text_is_a_negative() -> None:
    rows = sorted(pairs_view(one(ITEM, domain(), split="test")), key=lambda row: row.id)
    negatives = ("Typhoid", "Shigellosis")
    assert rows == [
        Pair("a00-0", "test", "a00", "blue death", "Cholera", negatives),
        Pair("a00-1", "test", "a00", "comma bacillus disease", "Cholera", negatives),
    ]


def test_anchors_without_a_positive_give_no_pair() -> None:
    assert pairs_view(one(Item(id="x", text="t", cluster="c", anchors=("a",)), domain())) == []


def test_another_right_answer_is_not_a_negative() -> None:
    item = Item(
        id="q",
        text="q",
        cluster="q",
        anchors=("q",),
        positive="One.",
        other_answers=("Two.",),
        negatives=("Two.", "No."),
    )
    assert [row.negatives for row in pairs_view(one(item, domain()))] == [("No.",)]
