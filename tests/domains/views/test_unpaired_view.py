from harness.config.domain import AnswerTask
from harness.domains.views.answer import answer_view
from harness.domains.views.preferences import preferences_view
from harness.domains.views.unpaired import unpaired_view
from harness.items.item import Item
from tests.domains.views.contents import domain, in_turn, only_rejected

BOTH = Item(id="i1", text="b", cluster="c1", answer="Good.", other_answers=("Fine.",), wrong_answers=("Bad.", "good."))
ASKED = domain(answer=AnswerTask(prompt="Reply: {text}"))


def test_each_reply_is_a_row_with_its_verdict() -> None:
    rows = unpaired_view(in_turn([only_rejected(0), BOTH], ASKED))
    assert sorted((row.id, row.prompt, row.completion, row.label) for row in rows) == [
        ("i0-bad-0", "Reply: question 0", "Rude 0.", False),
        ("i1-bad-2", "Reply: b", "Bad.", False),
        ("i1-good-0", "Reply: b", "Good.", True),
        ("i1-good-1", "Reply: b", "Fine.", True),
    ]


def test_a_rejected_reply_is_neither_an_answer_nor_half_of_a_pair() -> None:
    content = in_turn([only_rejected(0), BOTH], ASKED)
    assert [row.answer for row in answer_view(content)] == ["Good."]
    assert {row.id.partition("-")[0] for row in preferences_view(content)} == {"i1"}


def test_there_is_no_such_view_where_each_item_has_a_right_answer() -> None:
    assert unpaired_view(in_turn([BOTH], ASKED)) == []
