from dataclasses import replace

from harness.domains.views.contract import Content
from harness.domains.views.documents import documents_view
from harness.items.item import Item, Split
from harness.items.rows import Document
from tests.domains.views.contents import domain, rich


def content_of(*items: Item, splits: dict[str, Split] | None = None) -> Content:
    return Content(items, splits or {item.id: "train" for item in items}, domain())


HORSES = Item(id="1", text="Horses", cluster="0101", code="0101.21", positive="Horses and asses", label="animals")
ASSES = Item(id="2", text="Asses", cluster="0101", code="0101.30", positive="Horses and asses", label="animals")


def test_a_cluster_becomes_a_document_under_its_shared_heading() -> None:
    [row] = documents_view(content_of(ASSES, HORSES))
    assert row == Document("0101-train", "train", "0101", "Horses and asses\n0101.21: Horses\n0101.30: Asses")


def test_a_heading_that_only_some_items_share_is_left_out() -> None:
    [row] = documents_view(content_of(HORSES, replace(ASSES, positive="Asses and mules")))
    assert row.text == "0101.21: Horses\n0101.30: Asses"


def test_a_heading_that_is_a_label_is_left_out() -> None:
    items = [replace(item, positive="animals") for item in (HORSES, ASSES)]
    assert documents_view(content_of(*items))[0].text == "0101.21: Horses\n0101.30: Asses"


def test_synonyms_follow_their_text() -> None:
    item = Item(
        id="a00",
        text="Cholera",
        cluster="a",
        code="A00",
        anchors=("blue death", "Cholera", "plague"),
        positive="Cholera",
    )
    assert documents_view(content_of(item))[0].text == "A00: Cholera\nalso: blue death; plague"


def test_a_question_is_followed_by_its_answer_once() -> None:
    item = Item(id="q", text="May I?", cluster="c", answer="Yes.", anchors=("May I?",), positive="Yes.")
    assert documents_view(content_of(item))[0].text == "May I?\nYes."


def test_an_answer_that_is_a_label_is_left_out() -> None:
    item = Item(id="q", text="Where to?", cluster="c", answer="permits", label="permits")
    assert documents_view(content_of(item))[0].text == "Where to?"


def test_a_document_stays_unchanged_even_if_it_shares_a_cluster_with_other_items() -> None:
    plain = Item(id="d", text="Line one.\n\nLine two.", cluster="c", is_document=True)
    other = Item(id="q", text="May I?", cluster="c")
    rows = {row.id: row.text for row in documents_view(content_of(plain, other))}
    assert rows == {"d-document": "Line one.\n\nLine two.", "c-train": "May I?"}


def test_a_cluster_in_two_splits_of_the_source_gives_two_documents() -> None:
    rows = documents_view(content_of(HORSES, ASSES, splits={"1": "train", "2": "test"}))
    texts = {row.split: row.text for row in rows}
    assert texts == {"train": "Horses and asses\n0101.21: Horses", "test": "Horses and asses\n0101.30: Asses"}


def test_no_document_contains_a_label() -> None:
    content = rich(20)
    told = [replace(item, label=f"label-{item.label}") for item in content.items]
    rows = documents_view(Content(told, content.split, content.domain))
    assert len(rows) >= 10
    assert not any("label-" in row.text for row in rows)
