from pathlib import Path

import pytest

from harness.errors import DataError
from tests.user_files.read_records import read, row


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
