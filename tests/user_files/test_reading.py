"""Decisions about single records, all of them counted."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DataError
from harness.user_files.drafts.finish import MAX_TEXT
from harness.user_files.reading import Columns, Reading, check_labels_of_file, read_items
from tests.user_files.written_containers import write_container, write_lines

FIXTURE = Path(__file__).parents[1] / "fixtures" / "tickets.csv"


def row(text: Any = "a text", label: Any = "x", **more: Any) -> dict[str, Any]:
    return {"text": text, "label": label, **more}


def read(folder: Path, *records: dict[str, Any], kind: str = "jsonl", **columns: str) -> Reading:
    return read_items(write_container(folder, records, kind=kind), columns=Columns(**columns))


def notes(reading: Reading) -> dict[str, int]:
    return {note.what: note.count for note in reading.notes}


def test_the_tickets_are_240_different_texts_of_five_classes_without_notes() -> None:
    reading = read_items(FIXTURE)
    assert (reading.format, reading.records, reading.notes) == ("text_label", 240, ())
    assert len({item.text for item in reading.items}) == len({item.id for item in reading.items}) == 240
    labels = [item.label for item in reading.items]
    counts = {label: labels.count(label) for label in set(labels)}
    assert counts == {"billing": 66, "shipping": 58, "technical": 50, "account": 36, "returns": 30}
    check_labels_of_file(reading.items)


@pytest.mark.parametrize("empty", ["", "  \n", None])
def test_empty_texts_and_labels_are_left_out_and_counted(tmp_path: Path, empty: str | None) -> None:
    reading = read(tmp_path, row("a"), row("b"), row(empty), row("c", empty))
    assert [item.text for item in reading.items] == ["a", "b"]
    assert notes(reading) == {
        "records with an empty text were left out": 1,
        "records with an empty label were left out": 1,
    }


@pytest.mark.parametrize("kind", ["jsonl", "json", "parquet", "csv", "tsv"])
def test_nan_labels_are_empty_in_every_container(tmp_path: Path, kind: str) -> None:
    value = "NaN" if kind in ("csv", "tsv") else float("nan")
    labels = ["1", "2"] if kind in ("csv", "tsv") else [1.0, 2.0]
    reading = read(tmp_path, row("a", labels[0]), row("b", value), row("c", labels[1]), kind=kind)
    assert [item.label for item in reading.items] == ["1", "2"]
    assert notes(reading)["records with an empty label were left out"] == 1


def test_numbers_and_truth_values_become_text_as_labels(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a", 1), row("b", 1.0), row("c", 2.5), row("d", True), row("e", "x"))
    assert [item.label for item in reading.items] == ["1", "1", "2.5", "true", "x"]
    assert notes(reading) == {
        "labels that were numbers were turned into text": 3,
        "labels that were true or false were turned into text": 1,
    }


def test_line_breaks_in_labels_become_spaces(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a", " late\n delivery\t"), row("b", " late delivery "))
    assert [item.label for item in reading.items] == ["late delivery", "late delivery"]
    assert list(notes(reading).values()) == [1]


def test_texts_lose_outer_whitespace_only(tmp_path: Path) -> None:
    text = "e\u0301  ﬁ\r\n\tשלום עולם \u200f!"  # decomposed, ligature, right to left
    assert read(tmp_path, row(f"\n {text} \n"), row("b")).items[0].text == text


def test_direction_overrides_are_removed_and_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a\u202e\u2066b\u2069"), row("שלום"), row("c", "x\u202d"))
    assert [(item.text, item.label) for item in reading.items] == [("ab", "x"), ("שלום", "x"), ("c", "x")]
    assert notes(reading) == {"texts had characters removed that override the direction of writing": 2}


def test_chat_markers_are_broken_up_and_counted(tmp_path: Path) -> None:
    text = "bye<|im_end|>\n<|im_start|>assistant, and f <| x |> g"
    reading = read(tmp_path, row(text), row("b", "<|endoftext|>"))
    assert reading.items[0].text == "bye< |im_end|>\n< |im_start|>assistant, and f <| x |> g"
    assert reading.items[1].label == "< |endoftext| >"
    assert list(notes(reading).values()) == [2]


def test_texts_over_the_limit_are_left_out_and_counted(tmp_path: Path) -> None:
    records = [
        {"prompt": "a" * size, "completion": "b" * other} for size, other in [(1, 1), (MAX_TEXT, 1), (1, MAX_TEXT + 1)]
    ]
    reading = read(tmp_path, *records)
    assert [len(item.text) for item in reading.items] == [1, MAX_TEXT]
    assert notes(reading) == {"records with a text over 200,000 characters were left out": 1}


@pytest.mark.parametrize("usable", [0, 1])
def test_fewer_than_two_usable_records_are_an_error_that_tells_why(tmp_path: Path, usable: int) -> None:
    records = [row()] * usable + [row(""), row(label="")]
    with pytest.raises(DataError) as error:
        read(tmp_path, *records)
    assert f"{usable} usable" in str(error.value)
    assert "1 records with an empty text were left out" in str(error.value)


def test_the_id_column_names_the_items(tmp_path: Path) -> None:
    assert [item.id for item in read(tmp_path, row("a", id=7), row("b", id="n 8")).items] == ["7", "n 8"]
    reading = read(tmp_path, row("a", ticket=1.0), row("b", ticket=2.0), id="ticket")
    assert [(item.id, item.cluster) for item in reading.items] == [("1", "1"), ("2", "2")]


def test_ids_shared_by_different_records_give_way_to_content_ids(tmp_path: Path) -> None:
    plain = read(tmp_path, row("a"), row("b"), row("c"))
    reading = read(tmp_path, row("a", id=1), row("b", id=1), row("c", id=2))
    assert [item.id for item in reading.items] == [item.id for item in plain.items]
    assert notes(reading) == {
        "records share their id with a different record, so all ids were made from the contents": 2
    }


def test_a_record_that_is_there_twice_with_its_id_is_left_out_once(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a", id=1), row("b", id=2), row("a", id=1))
    assert [(item.id, item.text) for item in reading.items] == [("1", "a"), ("2", "b")]
    assert notes(reading) == {"records that repeat an earlier record and its id were left out": 1}


def test_ids_here_and_there_give_way_to_content_ids(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a", id=1), row("b", id=None), row("c"))
    assert len({item.id for item in reading.items}) == 3
    assert notes(reading) == {"records have no id although others do, so all ids were made from the contents": 2}


def test_content_ids_do_not_depend_on_the_order_and_copies_get_a_suffix(tmp_path: Path) -> None:
    records = [row("a"), row("b"), row("a", group="g"), row("a", "y")]
    forward = read(tmp_path, *records, cluster="group").items
    backward = read(tmp_path, *records[::-1], cluster="group").items
    assert {item.id: item for item in forward} == {item.id: item for item in backward}
    first, second = sorted(item.id for item in forward if item.text == "a" and item.label == "x")
    assert second == f"{first}-2"


def test_the_cluster_column_joins_records_and_a_gap_is_its_own_cluster(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a", source="s"), row("b", source="s"), row("c", source=""), cluster="source")
    assert [item.cluster for item in reading.items] == ["s", "s", reading.items[2].id]


def test_splits_are_taken_from_their_column_in_all_their_spellings(tmp_path: Path) -> None:
    names = ["train", "Validation", "valid", "dev", "val", "TEST"]
    reading = read(tmp_path, *(row(f"t{name}", part=name) for name in names), split="part")
    assert [item.given_split for item in reading.items] == ["train", *["validation"] * 4, "test"]


def test_a_split_that_only_some_records_have_names_the_first_without(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        read(tmp_path, row("a", split="train"), row("b"), row("c", split=""), split="split")
    assert ':2: 2 of 3 records have no "split"' in str(error.value)


def test_an_unknown_split_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=':2: the split "holdout" is unknown'):
        read(tmp_path, row("a", split="train"), row("b", split="holdout"), split="split")


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
Definition Instances instruction context output response role parent_id message_id id split"""
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


def test_a_text_file_of_one_paragraph_says_what_a_record_is(tmp_path: Path) -> None:
    path = tmp_path / "book.txt"
    path.write_text("first line\nsecond line\n", encoding="utf-8")
    with pytest.raises(DataError, match="put blank lines between them"):
        read_items(path)
