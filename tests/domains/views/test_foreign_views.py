from dataclasses import replace

from harness.domains.views.answer import answer_view
from harness.domains.views.classify import classify_view
from harness.domains.views.contract import Content
from harness.domains.views.foreign import answer_foreign_view, classify_foreign_view
from tests.domains.views.contents import rich


def test_the_foreign_questions_are_the_same_ones_in_the_same_order() -> None:
    content = rich(20)
    assert [row.id for row in classify_foreign_view(content)] == [row.id for row in classify_view(content)]
    assert [row.id for row in answer_foreign_view(content)] == [row.id for row in answer_view(content)]


def test_only_the_text_is_foreign_when_classifying() -> None:
    content = rich(4)
    row = next(row for row in classify_foreign_view(content) if row.id == "i3")
    clean = next(row for row in classify_view(content) if row.id == "i3")
    assert row == replace(clean, text="sak 3", prompt="Which of a, b, c? sak 3")


def test_answering_has_foreign_text_and_answer_and_no_choices() -> None:
    row = next(row for row in answer_foreign_view(rich(4)) if row.id == "i3")
    assert (row.text, row.prompt, row.answer) == ("sak 3", "Reply: sak 3", "Svar 3.")
    assert row.choices == row.references == ()


def test_items_without_a_foreign_text_are_left_out() -> None:
    content = rich(4)
    first, second, *others = content.items
    items = [replace(first, foreign_text=None), replace(second, foreign_answer=None), *others]
    content = Content(items, content.split, content.domain)
    assert {row.id for row in classify_foreign_view(content)} == {"i1", "i2", "i3"}
    assert {row.id for row in answer_foreign_view(content)} == {"i2", "i3"}
