import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from harness.errors import DataError
from harness.user_files.reading import read_items

FEATURES = {
    "text": {"dtype": "string", "_type": "Value"},
    "label": {"names": ["negative", "positive"], "_type": "ClassLabel"},
    "tags": {"feature": {"names": ["x"], "_type": "ClassLabel"}, "_type": "Sequence"},
}


def write(folder: Path, metadata: str, labels: list[Any]) -> Path:
    """A file as `datasets` writes it: numbers in the column, names in the schema."""
    table = pa.table({"text": [f"text {place}" for place in range(len(labels))], "label": pa.array(labels, pa.int64())})
    path = folder / "data.parquet"
    pq.write_table(table.replace_schema_metadata({"huggingface": metadata}), path)
    return path


def test_numbers_of_classes_become_their_names(tmp_path: Path) -> None:
    reading = read_items(write(tmp_path, json.dumps({"info": {"features": FEATURES}}), [1, 0, 1, -1]))
    assert [item.label for item in reading.items] == ["positive", "negative", "positive"]
    notes = {note.what: note.count for note in reading.notes}
    assert notes == {
        'numbers in the column "label" were replaced by the names of the classes that the file keeps for them': 4,
        "records with an empty label were left out": 1,
    }


def test_a_file_without_class_names_keeps_its_numbers(tmp_path: Path) -> None:
    reading = read_items(write(tmp_path, json.dumps({"info": {"features": None}}), [1, 0, 1]))
    assert [item.label for item in reading.items] == ["1", "0", "1"]


def test_damaged_class_names_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the entry `huggingface` of the schema cannot be read"):
        read_items(write(tmp_path, "{", [1, 0]))
