from pathlib import Path

import pytest

from harness.user_files.drafts.finish import MAX_TEXT
from tests.user_files.read_records import notes, read, row


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


def test_texts_over_the_limit_are_left_out_and_counted(tmp_path: Path) -> None:
    records = [
        {"prompt": "a" * size, "completion": "b" * other} for size, other in [(1, 1), (MAX_TEXT, 1), (1, MAX_TEXT + 1)]
    ]
    reading = read(tmp_path, *records)
    assert [len(item.text) for item in reading.items] == [1, MAX_TEXT]
    assert notes(reading) == {"records with a text over 200,000 characters were left out": 1}


def test_the_cluster_column_joins_records_and_a_gap_is_its_own_cluster(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a", source="s"), row("b", source="s"), row("c", source=""), cluster="source")
    assert [item.cluster for item in reading.items] == ["s", "s", reading.items[2].id]
