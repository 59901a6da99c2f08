from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import DataError
from harness.items.item import Item
from harness.user_files.columns import Columns
from harness.user_files.ratings.rated_replies import BAD, CONTRADICTORY, JOINED, NEUTRAL, ONLY_BAD, UNRATED
from harness.user_files.reading import Reading, read_items
from tests.user_files.read_records import notes, read
from tests.user_files.written_containers import write_lines


def replies(items: list[Item]) -> dict[str, tuple[str | None, tuple[str, ...], tuple[str, ...]]]:
    return {item.text: (item.answer, item.other_answers, item.wrong_answers) for item in items}


def rated(folder: Path, *rows: tuple[Any, ...], name: str = "label", **columns: str) -> Reading:
    """Rows of prompt, completion and rating."""
    return read(folder, *({"prompt": row[0], "completion": row[1], name: row[2]} for row in rows), **columns)


def test_a_false_label_makes_a_wrong_answer_and_a_true_one_an_answer(tmp_path: Path) -> None:
    reading = rated(tmp_path, ("a", "bad", False), ("a", "good", True), ("b", "fine", True), ("c", "rude", False))
    assert replies(reading.items) == {
        "a": ("good", (), ("bad",)),
        "b": ("fine", (), ()),
        "c": (None, (), ("rude",)),
    }
    assert reading.columns.rating == "label"
    assert notes(reading) == {BAD: 2, ONLY_BAD: 1, JOINED: 1}


def test_several_good_and_bad_replies_are_kept_with_their_prompt(tmp_path: Path) -> None:
    reading = rated(tmp_path, ("a", "1", 1), ("A ", "2", 1), ("a", "3", 0), ("a", "4", 0), ("b", "5", 1))
    assert replies(reading.items)["a"] == ("1", ("2",), ("3", "4"))


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("label", True, False),
        ("kto_tag", "true", "false"),
        ("rating", 5, 1),
        ("score", -1, None),
        ("feedback", "thumbs up", "thumbs down"),
        ("vote", 1, -1),
        ("Is Good", "yes", "no"),
        ("helpfulness", 4, 0),
    ],
)
def test_usual_names_and_scales_are_recognised(tmp_path: Path, name: str, good: Any, bad: Any) -> None:
    if bad is None:
        good, bad = 1, -1
    reading = rated(tmp_path, ("a", "yes", good), ("b", "no", bad), name=name)
    assert replies(reading.items) == {"a": ("yes", (), ()), "b": (None, (), ("no",))}


@pytest.mark.parametrize(
    "record",
    [
        {"messages": [{"role": "user", "content": "q{}"}, {"role": "assistant", "content": "r{}"}]},
        {"conversations": [{"from": "human", "value": "q{}"}, {"from": "gpt", "value": "r{}"}]},
        {"prompt": [{"role": "user", "content": "q{}"}], "completion": [{"role": "assistant", "content": "r{}"}]},
        {"instruction": "q{}", "input": "", "output": "r{}"},
        {"instruction": "q{}", "context": "", "response": "r{}", "category": "x"},
        {"system_prompt": "", "question": "q{}", "response": "r{}"},
        {"inputs": "q{}", "targets": "r{}"},
    ],
)
def test_every_format_of_one_reply_may_be_rated(tmp_path: Path, record: dict[str, Any]) -> None:
    path = write_lines(tmp_path, *({**filled(record, n), "kto_tag": n % 2 == 0} for n in range(4)))
    found = replies(read_items(path).items)
    assert found == {f"q{n}": (f"r{n}", (), ()) if n % 2 == 0 else (None, (), (f"r{n}",)) for n in range(4)}


def filled(value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return {name: filled(inner, number) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, number) for inner in value]
    return value.format(number)


def test_neutral_and_missing_ratings_leave_replies_out(tmp_path: Path) -> None:
    rows = [("a", "1", 5), ("b", "2", 3), ("c", "3", None), ("d", "4", 1)]
    reading = rated(tmp_path, *rows, name="rating")
    assert replies(reading.items) == {"a": ("1", (), ()), "d": (None, (), ("4",))}
    assert (notes(reading)[NEUTRAL], notes(reading)[UNRATED]) == (1, 1)


def test_numbers_of_no_known_scale_rank_the_replies_to_a_prompt(tmp_path: Path) -> None:
    rows = [("a", "1", 7), ("a", "2", 90), ("a", "3", 40), ("a", "4", 90), ("b", "5", 12), ("c", "6", 1), ("c", "7", 2)]
    reading = rated(tmp_path, *rows, name="score")
    assert replies(reading.items) == {"a": ("2", ("4",), ("3", "1")), "c": ("7", (), ("6",))}


def test_a_reply_that_is_rated_good_and_bad_is_left_out(tmp_path: Path) -> None:
    reading = rated(tmp_path, ("a", "x", True), ("a", "X", False), ("a", "y", True), ("b", "z", False))
    assert replies(reading.items) == {"a": ("y", (), ()), "b": (None, (), ("z",))}
    assert notes(reading)[CONTRADICTORY] == 2


def test_splits_keep_replies_to_the_same_prompt_apart(tmp_path: Path) -> None:
    records = [
        {"prompt": "a", "completion": "1", "label": True, "part": "train"},
        {"prompt": "a", "completion": "2", "label": True, "part": "test"},
    ]
    assert len(read(tmp_path, *records, split="part").items) == 2


@pytest.mark.parametrize(
    ("rows", "name", "told"),
    [
        ([("a", "1", 0.3), ("b", "2", 0.7)], "score", "no reply can be judged by its rating"),
        ([("a", "1", 7), ("b", "2", 12)], "label", "are on no known scale: 12, 7"),
        ([("a", "1", "excellent"), ("b", "2", "poor")], "rating", "are on no known scale: excellent, poor"),
    ],
)
def test_a_rating_that_cannot_be_used_refuses_the_file(
    tmp_path: Path, rows: list[tuple[Any, ...]], name: str, told: str
) -> None:
    with pytest.raises(DataError) as error:
        rated(tmp_path, *rows, name=name)
    assert told in str(error.value)
    assert "--rating none" in str(error.value)
    assert [item.answer for item in rated(tmp_path, *rows, name=name, rating="none").items] == ["1", "2"]


def test_two_ratings_are_an_error_that_says_which_option_to_give(tmp_path: Path) -> None:
    records = [{"prompt": f"a{n}", "completion": "b", "label": n % 2, "rating": 5 - n} for n in range(5)]
    with pytest.raises(DataError, match="several columns could be the rating of the reply") as error:
        read(tmp_path, *records)
    assert "--rating label" in str(error.value)
    assert read(tmp_path, *records, rating="rating").columns.rating == "rating"


def test_a_rating_that_is_named_as_the_label_is_an_error(tmp_path: Path) -> None:
    rows = [("a", "1", True), ("b", "2", False)]
    with pytest.raises(DataError, match="seems to rate the reply") as error:
        rated(tmp_path, *rows, label="label")
    assert "--rating label" in str(error.value)


def test_a_named_rating_may_have_any_name(tmp_path: Path) -> None:
    reading = rated(tmp_path, ("a", "1", "y"), ("b", "2", "n"), name="usable", rating="usable")
    assert replies(reading.items) == {"a": ("1", (), ()), "b": (None, (), ("2",))}
    with pytest.raises(DataError, match='the column "usable" holds no ratings'):
        rated(tmp_path, ("a", "1", "red"), ("b", "2", "blue"), name="usable", rating="usable")


def test_a_class_in_words_beside_a_reply_is_no_rating(tmp_path: Path) -> None:
    reading = rated(tmp_path, ("a", "1", "billing"), ("b", "2", "delivery"))
    assert reading.rating is None
    assert [(column.name, column.cells) for column in reading.unused] == [("label", 2)]


def test_formats_without_single_replies_take_no_rating(tmp_path: Path) -> None:
    path = write_lines(tmp_path, *({"prompt": "a", "chosen": "b", "rejected": "c", "x": 1} for _ in range(3)))
    with pytest.raises(DataError, match="--rating cannot be given"):
        read_items(path, columns=Columns(rating="x"))


rows = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("uvwxyz"), st.booleans()), min_size=2, max_size=12
).filter(lambda found: len({row[0] for row in found}) > 1)


@given(rows)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_reply_that_is_rated_bad_is_ever_a_right_answer(tmp_path: Path, rows: list[tuple[str, str, bool]]) -> None:
    bad = {(prompt, reply) for prompt, reply, is_good in rows if not is_good}
    try:
        items = rated(tmp_path, *rows).items
    except DataError:  # all verdicts contradict each other
        return
    right = {(item.text, reply) for item in items for reply in (item.answer, *item.other_answers) if reply}
    assert not right & bad
