from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from harness.config.domain import AnswerTask
from harness.domains.views.answer import answer_view
from harness.items.item import Item
from harness.items.rows import Question
from tests.domains.views.contents import all_tasks, domain, in_turn, one, rich

FAQ = Item(
    id="q1",
    text="May I paint {text}?",
    cluster="c",
    answer="Yes.",
    other_answers=("Of course.", "Yes."),
    wrong_answers=("No.", "Ask.", "Only at night.", "Never."),
)


def test_an_answer_is_offered_with_the_three_most_plausible_wrong_ones() -> None:
    [row] = answer_view(one(FAQ, domain(answer=AnswerTask(prompt="Q: {text}"))))
    assert replace(row, choices=()) == Question(
        id="q1",
        split="train",
        cluster="c",
        text="May I paint {text}?",
        prompt="Q: May I paint {text}?",
        choices=(),
        answer="Yes.",
        references=("Of course.",),
    )
    assert sorted(row.choices) == ["Ask.", "No.", "Only at night.", "Yes."]


def test_fewer_wrong_answers_give_fewer_choices_and_no_wrong_answer_gives_no_choices() -> None:
    few, none = (replace(FAQ, wrong_answers=wrong) for wrong in (("No.",), ()))
    assert sorted(answer_view(one(few, all_tasks()))[0].choices) == ["No.", "Yes."]
    assert answer_view(one(none, all_tasks()))[0].choices == ()


def test_a_right_answer_in_other_spelling_is_not_offered_as_wrong() -> None:
    item = replace(FAQ, wrong_answers=("yes. ", "OF COURSE.", " ", "No.", "NO."))
    assert sorted(answer_view(one(item, all_tasks()))[0].choices) == ["No.", "Yes."]


def test_the_place_of_the_right_answer_is_random() -> None:
    places = Counter(row.choices.index(row.answer) for row in answer_view(rich(400)))
    assert sorted(places) == [0, 1, 2, 3]
    assert all(70 <= count <= 130 for count in places.values())  # 100 each, give or take 3.5 standard deviations


def test_the_choices_of_an_item_do_not_depend_on_the_other_items() -> None:
    few = {row.id: row.choices for row in answer_view(rich(10))}
    many = {row.id: row.choices for row in answer_view(rich(50))}
    assert few == {name: many[name] for name in few}


@given(st.text(min_size=1), st.lists(st.text(), max_size=6), st.lists(st.text(), max_size=3))
def test_the_right_answer_is_offered_exactly_once(answer: str, wrong: list[str], others: list[str]) -> None:
    item = replace(FAQ, answer=answer, wrong_answers=tuple(wrong), other_answers=tuple(others))
    [row] = answer_view(in_turn([item], all_tasks()))
    assert len(row.choices) in (0, 2, 3, 4)
    if row.choices:
        assert row.choices.count(answer) == 1
        assert len(set(row.choices)) == len(row.choices)
        assert not set(row.choices) & set(row.references)
