from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DataError
from harness.user_files.reading import check_labels_of_file, read_items
from tests.user_files.read_records import notes, read, row
from tests.user_files.written_containers import write_lines

FIXTURE = Path(__file__).parents[1] / "fixtures" / "tickets.csv"


def test_the_tickets_are_240_different_texts_of_five_classes_without_notes() -> None:
    reading = read_items(FIXTURE)
    assert (reading.format, reading.records, reading.notes) == ("text_label", 240, ())
    assert len({item.text for item in reading.items}) == len({item.id for item in reading.items}) == 240
    labels = [item.label for item in reading.items]
    counts = {label: labels.count(label) for label in set(labels)}
    assert counts == {"billing": 66, "shipping": 58, "technical": 50, "account": 36, "returns": 30}
    check_labels_of_file(reading.items)


@pytest.mark.parametrize("usable", [0, 1])
def test_fewer_than_two_usable_records_are_an_error_that_tells_why(tmp_path: Path, usable: int) -> None:
    records = [row()] * usable + [row(""), row(label="")]
    with pytest.raises(DataError) as error:
        read(tmp_path, *records)
    assert f"{usable} usable" in str(error.value)
    assert "1 records with an empty text were left out" in str(error.value)


def test_a_column_of_splits_that_is_not_used_is_noted(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a", split="train"), row("b", split="test"))
    assert [item.given_split for item in reading.items] == [None, None]
    assert notes(reading) == {'records have a column "split" that was not used; name it with --split to use it': 2}


def test_conflicting_labels_and_copies_stay(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a", "x"), row("a", "y"), row("a", "y"))
    assert [item.label for item in reading.items] == ["x", "y", "y"]


def test_the_example_is_the_first_record_with_a_text(tmp_path: Path) -> None:
    assert read(tmp_path, row(""), row("a" * 300), row("b")).example == row("a" * 200 + "...")


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    assert read_items(FIXTURE) == read_items(FIXTURE)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = """text label prompt completion chosen rejected messages conversations anchor positive negatives inputs targets
Definition Instances instruction context output response role parent_id message_id id split rating score history system
tools choices options A B answer question answerKey completions scores human_ref_A human_ref_B labels images"""
names = st.sampled_from(sorted(NAMES.split()))


@given(st.lists(st.dictionaries(names, json_values, max_size=6), min_size=1, max_size=4), st.sampled_from([0, 1, 2]))
def test_no_file_of_json_objects_ends_in_anything_but_items_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]], copies: int
) -> None:
    path = write_lines(tmp_path_factory.getbasetemp(), *records * (copies + 1))
    try:
        told = f"{path}: {len(read_items(path).items)}"
    except DataError as error:
        told = str(error)
    assert told.startswith(str(path))


def test_a_text_file_of_one_line_says_that_records_need_a_place_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "book.txt"
    path.write_text("only line\n", encoding="utf-8")
    with pytest.raises(DataError, match="a line, a row or a paragraph of its own"):
        read_items(path)
