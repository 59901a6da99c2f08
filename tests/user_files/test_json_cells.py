import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError
from harness.user_files.json_cells import DECODED, decoded, shape_of
from harness.user_files.reading import read_items
from tests.user_files.read_records import notes, read
from tests.user_files.written_containers import write_container

MESSAGES = [{"role": "user", "content": "Isn't it?"}, {"role": "assistant", "content": 'He said "yes".'}]


@pytest.mark.parametrize("spell", [json.dumps, str])
@pytest.mark.parametrize("name", ["messages", "conversations"])
def test_messages_as_text_in_a_cell_are_read(tmp_path: Path, name: str, spell: Any) -> None:
    records = [{name: spell(MESSAGES)} for _ in range(2)]
    reading = read_items(write_container(tmp_path, records, kind="csv"))
    assert [(item.text, item.answer) for item in reading.items] == [("Isn't it?", 'He said "yes".')] * 2
    assert notes(reading) == {DECODED: 2}


def test_other_texts_in_brackets_stay_texts(tmp_path: Path) -> None:
    records = [{"prompt": "[1, 2]", "completion": '{"sum": 3}'}, {"prompt": "[draft] hi", "completion": "{"}]
    reading = read(tmp_path, *records)
    assert [(item.text, item.answer) for item in reading.items] == [("[1, 2]", '{"sum": 3}'), ("[draft] hi", "{")]
    assert reading.notes == ()


@pytest.mark.parametrize("value", ["", "[", "[1", "{'a'", "text", "[]" * 500, None, 3, "[" * 5000])
def test_what_spells_nothing_stays_as_it_is(value: Any) -> None:
    assert decoded(value) == value


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ([{"speaker": "x", "utterance": "y"}], 'a list of objects with the keys "speaker", "utterance"'),
        ("[{'role': 'user'}\n {'role': 'x'}]", "text that looks like a list, but is not JSON"),
        ([1], "a list"),
        ({"a": 1}, "an object"),
        ("text", None),
        (3, None),
    ],
)
def test_the_shape_of_a_cell_is_named(value: Any, shape: str | None) -> None:
    assert shape_of(value) == shape


def test_messages_with_other_keys_are_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        read(tmp_path, *({"messages": [{"speaker": "user", "utterance": "x"}]} for _ in range(2)))
    assert '("messages" holds a list of objects with the keys "speaker", "utterance")' in str(error.value)
    assert "needs role and content, or from and value" in str(error.value)
