from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.media.refusal import UnusableFile
from harness.media.tables import Cell, read_row, row_file


def test_a_row_is_read_as_written_with_missing_values_as_null(tmp_path: Path) -> None:
    row: dict[str, Cell] = {"radius": 17.99, "city": "Brünn", "note": None, "share": float("nan")}
    path = tmp_path / "row.json"
    path.write_bytes(row_file(row, where="here"))
    assert read_row(path) == {"radius": 17.99, "city": "Brünn", "note": None, "share": None}
    assert list(read_row(path)) == ["radius", "city", "note", "share"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [({}, "no value"), ({"a": None, "b": float("nan")}, "no value"), ({"a": float("inf")}, "infinite")],
)
def test_rows_without_a_usable_value_are_refused(row: dict[str, float | str | None], reason: str) -> None:
    with pytest.raises(UnusableFile, match=reason):
        row_file(row, where="here")


@pytest.mark.parametrize("text", ["[1]", "not json", '{"a": [1]}', '{"a": true}'])
def test_a_file_that_holds_no_row_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "row.json").write_text(text)
    with pytest.raises(DataError, match=r"row\.json|the file") as raised:
        read_row(tmp_path / "row.json")
    assert str(tmp_path / "row.json") in str(raised.value)
