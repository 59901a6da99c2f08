from collections import Counter
from dataclasses import replace

import pytest
from pydantic import ValidationError

from harness.config.domain import GroundedTask
from harness.domains.views.contract import Content
from harness.domains.views.grounded import LINES, grounded_view
from harness.items.item import SPLITS, Item, Split
from harness.items.rows import Question
from tests.domains.views.contents import all_tasks, in_turn, one, rich

UNKNOWN = "It does not say."
OF_CODES = GroundedTask(prompt="{passage}\nWhat is {code}? Else: {unknown}", unknown=UNKNOWN, items=3)
OF_ANSWERS = GroundedTask(prompt="{passage}\n{text} Else: {unknown}", unknown=UNKNOWN, items=3)

PAINT = Item(
    id="q",
    text="May I paint my house black?",
    cluster="painting",
    answer="Yes, if the plan allows it.",
    other_answers=("Mostly.",),
    wrong_answers=(
        "No.",
        "mostly.",
        "At night.",
        "Ask the tax office.",
        "no.",
        "If the plan says nothing else.",
        "Ten.",
    ),
)


def coded(count: int, *, task: GroundedTask = OF_CODES) -> Content:
    items = [
        Item(id=f"i{n}", text=f"product number {n} of many", cluster=f"c{n // 2}", code=f"{n:04d}")
        for n in range(count)
    ]
    return in_turn(items, all_tasks(grounded=task))


def pairs(rows: list[Question]) -> list[tuple[Question, Question]]:
    return list(zip(rows[::2], rows[1::2], strict=True))


def extract(row: Question) -> list[str]:
    return row.prompt.split("\n")[:LINES]


def test_the_two_extracts_differ_in_the_line_of_the_item() -> None:
    for kept, removed in pairs(grounded_view(coded(60))):
        own = f"{kept.text}: {kept.answer}"
        place = extract(kept).index(own)
        assert own not in extract(removed)
        assert [*extract(kept)[:place], *extract(kept)[place + 1 :]] == [
            *extract(removed)[:place],
            *extract(removed)[place + 1 :],
        ]
        assert extract(removed)[place] not in extract(kept)


def test_the_two_questions_differ_only_in_that_line() -> None:
    for kept, removed in pairs(grounded_view(coded(60))):
        assert kept.id.removesuffix("-kept") == removed.id.removesuffix("-removed")
        same = ("split", "cluster", "text", "choices", "references")
        assert [getattr(kept, name) for name in same] == [getattr(removed, name) for name in same]
        assert kept.prompt.split("\n")[LINES:] == removed.prompt.split("\n")[LINES:]
        assert removed.answer == UNKNOWN != kept.answer
        assert kept.choices.count(kept.answer) == kept.choices.count(UNKNOWN) == 1


def test_choices_are_the_meanings_of_both_extracts_and_the_unknown_phrase() -> None:
    for kept, removed in pairs(grounded_view(coded(60))):
        lines = {*extract(kept), *extract(removed)}
        assert sorted(kept.choices) == sorted([*(line.split(": ")[1] for line in lines), UNKNOWN])
        assert len(kept.choices) == LINES + 2


def test_neighbours_are_the_nearest_codes_of_the_same_split() -> None:
    content = coded(60)
    code_of = {item.text: item.code or "" for item in content.items}
    split_of = {item.text: content.split[item.id] for item in content.items}
    rows = grounded_view(content)
    for row in rows:
        shown = [choice for choice in row.choices if choice != UNKNOWN]
        assert {split_of[text] for text in shown} == {row.split}
        codes = sorted(code for text, code in code_of.items() if split_of[text] == row.split)
        places = sorted(codes.index(code_of[text]) for text in shown)
        assert places == list(range(places[0], places[0] + LINES + 1))
    assert {row.split for row in rows} == set(SPLITS)


def test_an_item_at_the_end_of_the_codes_has_neighbours_on_one_side() -> None:
    content = coded(60, task=OF_CODES.model_copy(update={"items": 100}))
    first = next(row for row in grounded_view(content) if row.id == "i0-kept")
    train = [item.text for item in content.items if content.split[item.id] == "train"]
    assert sorted(first.choices) == sorted([*train[: LINES + 1], UNKNOWN])


def test_two_codes_with_the_same_description_are_not_offered_together() -> None:
    content = coded(60)
    items = [replace(item, text=f"Product {n // 10}") for n, item in enumerate(content.items)]
    for row in grounded_view(Content(items, content.split, content.domain)):
        assert len({choice.casefold() for choice in row.choices}) == LINES + 2


def test_without_codes_the_extract_consists_of_answers_to_neighbouring_questions() -> None:
    kept, removed = grounded_view(one(PAINT, all_tasks(grounded=OF_ANSWERS), split="test"))
    assert (kept.text, kept.answer, kept.cluster) == (PAINT.text, PAINT.answer, "painting")
    assert kept.prompt.endswith(f"\n{PAINT.text} Else: {UNKNOWN}")
    # the neighbour that is as long as the answer takes its place
    assert sorted(extract(kept)) == sorted([f"- {PAINT.answer}", "- No.", "- At night.", "- Ask the tax office."])
    assert f"- {PAINT.wrong_answers[5]}" in extract(removed)
    assert not {"mostly.", "no.", "Ten."} & set(kept.choices)


def test_items_with_too_few_neighbours_give_no_question() -> None:
    few = replace(PAINT, wrong_answers=PAINT.wrong_answers[:5])
    assert grounded_view(one(few, all_tasks(grounded=OF_ANSWERS))) == []
    assert grounded_view(coded(5)) == []  # three of them train


def test_training_shows_nothing_of_a_held_out_item() -> None:
    secret = "This is the long and right answer to a question of the test."
    test = replace(PAINT, id="t", text="Is it?", cluster="other", answer=secret, wrong_answers=())
    train = replace(PAINT, wrong_answers=(secret, *PAINT.wrong_answers))
    split: dict[str, Split] = {"q": "train", "t": "test"}
    rows = grounded_view(Content([train, test], split, all_tasks(grounded=OF_ANSWERS)))
    assert {row.split for row in rows} == {"train"}
    assert not [row for row in rows if secret in row.prompt or secret in row.choices]


@pytest.mark.parametrize("content", [coded(200), rich(200, grounded=OF_ANSWERS)], ids=["codes", "answers"])
def test_each_split_has_at_most_the_configured_number_of_item_pairs(content: Content) -> None:
    rows = grounded_view(content)
    assert Counter(row.split for row in rows) == {"train": 6, "validation": 6, "test": 6}
    assert [row.answer == UNKNOWN for row in rows] == [False, True] * 9


def test_the_places_of_the_right_answer_and_of_its_line_are_random() -> None:
    rows = grounded_view(coded(1000, task=OF_CODES.model_copy(update={"items": 600})))
    kept = [row for row, _ in pairs(rows)]
    for places, ways in (
        (Counter(extract(row).index(f"{row.text}: {row.answer}") for row in kept), LINES),
        (Counter(row.choices.index(row.answer) for row in kept), LINES + 2),
        (Counter(row.choices.index(UNKNOWN) for row in kept), LINES + 2),
    ):
        assert sorted(places) == list(range(ways))
        assert all(0.7 < count * ways / len(kept) < 1.3 for count in places.values())


def test_the_two_extracts_are_about_equally_long() -> None:
    content = coded(300, task=OF_CODES.model_copy(update={"items": 100}))
    items = [replace(item, text=f"{item.text} {'very ' * (n % 7)}long") for n, item in enumerate(content.items)]
    rows = grounded_view(Content(items, content.split, content.domain))
    longer = sum(len(kept.prompt) - len(removed.prompt) for kept, removed in pairs(rows)) / (len(rows) / 2)
    assert abs(longer) < 2


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("{passage} {code}", "how to decline"),
        ("{passage} {unknown}", "either {code} or {text}"),
        ("{passage} {unknown} {code} {text}", "either {code} or {text}"),
        ("{code} {unknown}", "prompt"),
    ],
)
def test_a_prompt_that_lacks_a_part_is_refused(prompt: str, expected: str) -> None:
    with pytest.raises(ValidationError, match=expected):
        GroundedTask(prompt=prompt)
