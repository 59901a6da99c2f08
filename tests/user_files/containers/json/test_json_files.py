import json
from pathlib import Path

import pytest

from harness.user_files.containers.read_file import read_file
from tests.user_files.bad_files import LINES, ROWS, complaint, write_file


def test_malformed_json_names_line_and_column(tmp_path: Path) -> None:
    path = write_file(tmp_path, LINES + '{"text": "c" "label": "z"}\n')
    assert f"{path}:3: the text is not JSON: Expecting ',' delimiter at line 3 column 14" in complaint(path)


def test_malformed_json_of_a_document_names_line_and_column(tmp_path: Path) -> None:
    path = write_file(tmp_path, '[\n {"text": "a"},\n {"text": b}\n]', "data.json")
    assert f"{path}:3: the text is not JSON: Expecting value at line 3 column 11" in complaint(path)


@pytest.mark.parametrize("line", ["[1, 2]", '"text"', "3", "null", "true"])
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str) -> None:
    path = write_file(tmp_path, LINES + line)
    assert f"{path}:3: the record is" in complaint(path)


def test_a_key_that_occurs_twice_is_named(tmp_path: Path) -> None:
    path = write_file(tmp_path, LINES + '{"text": "c", "text": "d"}')
    assert f'{path}:3: the key "text" occurs twice' in complaint(path)


def test_json_nested_too_deep_is_an_error(tmp_path: Path) -> None:
    assert "nested too deep" in complaint(write_file(tmp_path, LINES + '{"a":' + "[" * 200_000))


def test_an_integer_of_thousands_of_digits_is_an_error(tmp_path: Path) -> None:
    assert ":3: the JSON cannot be read" in complaint(write_file(tmp_path, LINES + '{"a": ' + "9" * 5000 + "}"))


def test_nan_is_a_missing_value(tmp_path: Path) -> None:
    assert read_file(write_file(tmp_path, '{"text": "a", "label": NaN}')).records[0].value["label"] is None


def test_half_a_surrogate_pair_is_replaced_and_counted(tmp_path: Path) -> None:
    content = read_file(write_file(tmp_path, '{"text": "a \\ud83d b"}\n{"text": "\\ud83d\\ude00"}'))
    assert [record.value["text"] for record in content.records] == ["a \ufffd b", "😀"]
    assert [note.count for note in content.notes] == [1]


def test_an_array_knows_the_lines_of_its_objects(tmp_path: Path) -> None:
    records = read_file(write_file(tmp_path, '\n[{"a": [1,\n2]}, {"a": 3},\n\n{"a": 4}]', "data.json")).records
    assert [(record.line, record.value["a"]) for record in records] == [(2, [1, 2]), (3, 3), (5, 4)]


def test_an_object_with_one_list_of_records_is_those_records(tmp_path: Path) -> None:
    content = read_file(write_file(tmp_path, json.dumps({"version": 2, "data": ROWS}), "data.json"))
    assert [record.value for record in content.records] == ROWS
    assert [(note.count, note.what) for note in content.notes] == [(1, "keys beside the list of records were not read")]


def test_several_lists_of_records_are_an_error_that_names_them(tmp_path: Path) -> None:
    message = complaint(write_file(tmp_path, json.dumps({"good": ROWS, "bad": ROWS}), "data.json"))
    assert "several lists of objects: good, bad" in message


@pytest.mark.parametrize("columns", [{"text": ["a"], "label": ["x"]}, {"text": {"0": "a"}, "label": {"0": "x"}}])
def test_columns_instead_of_records_are_an_error(tmp_path: Path, columns: dict[str, object]) -> None:
    assert "holds columns (text, label), not records" in complaint(
        write_file(tmp_path, json.dumps(columns), "data.json")
    )


@pytest.mark.parametrize("key", ["messages", "conversations", "Instances"])
def test_a_list_that_belongs_to_one_record_is_not_taken_for_the_records(tmp_path: Path, key: str) -> None:
    value = {key: [{"role": "user", "content": "hi"}]}
    assert [record.value for record in read_file(write_file(tmp_path, json.dumps(value), "data.json")).records] == [
        value
    ]


def test_a_json_file_of_lines_is_read_as_jsonl_and_noted(tmp_path: Path) -> None:
    content = read_file(write_file(tmp_path, LINES, "data.json"))
    assert [record.line for record in content.records] == [1, 2]
    assert "read as JSONL" in content.notes[0].what


def test_a_jsonl_file_that_holds_an_array_is_read(tmp_path: Path) -> None:
    assert [record.value for record in read_file(write_file(tmp_path, json.dumps(ROWS))).records] == ROWS


def test_lines_that_hold_lists_are_named_as_that(tmp_path: Path) -> None:
    path = write_file(tmp_path, '["a question", "an answer"]\n["another", "one"]\n', "pairs.jsonl")
    assert f"{path}:1: the record is a list" in complaint(path)
