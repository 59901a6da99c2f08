import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError
from harness.user_files.reading import read_items


def write(folder: Path, value: Any) -> Path:
    path = folder / "data.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def rows(*texts: str, **more: str) -> list[dict[str, str]]:
    return [{"text": text, "label": "x" if place % 2 else "y", **more} for place, text in enumerate(texts)]


def test_keys_that_are_splits_give_the_splits(tmp_path: Path) -> None:
    reading = read_items(write(tmp_path, {"version": 2, "train": rows("a", "b"), "Test": rows("c", "d")}))
    assert [(item.text, item.given_split) for item in reading.items] == [
        ("a", "train"),
        ("b", "train"),
        ("c", "test"),
        ("d", "test"),
    ]
    assert reading.columns.split == "split"
    notes = {note.what: note.count for note in reading.notes}
    assert notes == {
        "keys beside the lists of records were not read": 1,
        'records got their split from the keys of the JSON object (train, Test), in the column "split"': 4,
    }


def test_a_column_split_of_the_records_is_kept(tmp_path: Path) -> None:
    reading = read_items(write(tmp_path, {"train": rows("a", "b", split="u"), "test": rows("c", split="v")}))
    assert reading.columns.split == "key of the file"
    assert [item.given_split for item in reading.items] == ["train", "train", "test"]


def test_a_list_beside_the_splits_is_not_dropped(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='"extra" is no split, but holds a list of objects beside train, test'):
        read_items(write(tmp_path, {"train": rows("a"), "test": rows("b"), "extra": rows("c")}))
