from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.suites.records import read_records


def test_records_come_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "style.jsonl"
    # a line separator inside a JSON string does not end the line
    path.write_text('\ufeff{"text": "a\u2028b", "kind": "x"}\r\n\n{"kind": "y", "text": "c"}\n', encoding="utf-8")
    found = list(read_records(path, keys=("text", "kind")))
    assert [place for place, _ in found] == [f"{path}:1", f"{path}:3"]
    assert [record["text"] for _, record in found] == ["a\u2028b", "c"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"text": ', "broken JSON"),
        ('["text"]', "a list"),
        ("3", "a int"),
        ("{}", '"text" is missing'),
        ('{"text": "  "}', '"text" is empty'),
        ('{"text": "a", "txt": "b"}', '"txt" is unknown'),
    ],
)
def test_a_malformed_line_is_told_with_its_number(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "style.jsonl"
    path.write_text(f'{{"text": "fine"}}\n{line}\n')
    with pytest.raises(DataError, match=problem) as caught:
        list(read_records(path, keys=("text",)))
    assert caught.value.where == f"{path}:2"


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "style.jsonl").write_bytes('{"text": "för"}'.encode("latin-1"))
    with pytest.raises(DataError, match="not UTF-8"):
        list(read_records(tmp_path / "style.jsonl", keys=("text",)))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the file is missing"):
        list(read_records(tmp_path / "none.jsonl", keys=()))
