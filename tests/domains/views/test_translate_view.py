from harness.config.domain import TranslateTask
from harness.domains.views.translate import translate_view
from harness.items.item import Item
from harness.items.rows import Question
from tests.domains.views.contents import domain, one

TASK = TranslateTask(prompt="Into {language}: {text}", languages={"en": "English", "sv": "Swedish"})


def test_a_text_gives_a_question_in_both_directions() -> None:
    item = Item(id="q1", text="A {language} house", foreign_text="Ett hus", cluster="c")
    there = Question("q1-sv", "test", "c", "A {language} house", "Into Swedish: A {language} house", (), "Ett hus")
    back = Question("q1-en", "test", "c", "Ett hus", "Into English: Ett hus", (), "A {language} house")
    assert translate_view(one(item, domain(translate=TASK), split="test")) == [there, back]


def test_an_item_in_one_language_is_not_translated() -> None:
    assert translate_view(one(Item(id="q1", text="A house", cluster="c"), domain(translate=TASK))) == []
