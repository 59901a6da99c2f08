from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.domains.media_files.reading import MediaReading
from harness.domains.media_files.table import read_table
from harness.errors import DataError
from harness.user_files.columns import Columns

HEADER = "name,age,city,size,source,left\n"


def table(path: Path, rows: list[str], header: str = HEADER) -> Path:
    path.write_text(header + "".join(row + "\n" for row in rows))
    return path


def cells(reading: MediaReading) -> list[dict[str, object]]:
    found = []
    for item in reading.items:
        content = reading.files[item.media[0].path]
        assert isinstance(content, bytes)
        found.append(json.loads(content))
    return found


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    rows = [
        "n1,31,Brno,1e2,web,yes",
        "n2,NA,Wien,20,web,no",
        "n3,40,Brno,,web,yes",
        "n4,27.5,?,big,web,no",
        "n5,33,Graz,7,web,",
    ]
    return table(tmp_path / "customers.csv", rows)


def test_rows_show_numbers_categories_and_missing_values(customers: Path) -> None:
    reading = read_table(customers, target="left", columns=Columns())
    assert cells(reading) == [
        {"age": 31, "city": "Brno", "size": "1e2"},
        {"age": None, "city": "Wien", "size": "20"},
        {"age": 40, "city": "Brno", "size": None},
        {"age": 27.5, "city": None, "size": "big"},
    ]
    assert [item.label for item in reading.items] == ["yes", "no", "yes", "no"]
    assert {item.text for item in reading.items} == {'Which "left" does this row have?'}


def test_columns_that_cannot_help_and_rows_without_a_target_are_counted(customers: Path) -> None:
    notes = {note.what: note.count for note in read_table(customers, target="left", columns=Columns()).notes}
    assert notes == {
        "columns have the same value in every row and were left out: source": 1,
        "columns have another text in every row and were left out as names of the rows: name": 1,
        "columns hold numbers and texts and are read as categories: size": 1,
        "rows have no value in the target column and were left out": 1,
    }


def test_id_cluster_and_split_are_not_shown(customers: Path) -> None:
    columns = Columns(id="name", cluster="city")
    reading = read_table(customers, target="left", columns=columns, question="Does the customer leave?")
    assert list(cells(reading)[0]) == ["age", "size"]
    assert [(item.id, item.cluster) for item in reading.items][:2] == [("n1", "Brno"), ("n2", "Wien")]
    assert reading.items[3].cluster == "?"
    assert reading.items[0].text == "Does the customer leave?"
    assert reading.options == {
        "file": "customers.csv",
        "target": "left",
        "question": "Does the customer leave?",
        "id": "name",
        "cluster": "city",
    }


def test_a_numeric_target_is_spelled_without_a_fraction(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps({"x": n, "ok": n % 2 == 0, "class": float(n % 2)}) + "\n" for n in range(4)))
    reading = read_table(path, target="class", columns=Columns())
    assert [item.label for item in reading.items] == ["0", "1", "0", "1"]
    assert cells(reading)[0] == {"x": 0, "ok": "true"}


def test_numbers_that_are_infinite_and_rows_without_values_are_left_out(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ["1,a", ",a", "1e999,b", "2,b"], "x,y\n")
    reading = read_table(path, target="y", columns=Columns())
    assert {note.what: note.count for note in reading.notes} == {
        "rows were left out: the row has no value": 1,
        "rows were left out: a value is infinite": 1,
    }
    assert len(reading.items) == 2


@pytest.mark.parametrize(
    ("rows", "header", "target", "message"),
    [
        (["1,a", "2,b"], "x,y\n", "z", 'no column "z"'),
        (["1,a", "1,b"], "x,y\n", "y", "no column is left beside the target"),
        (["1,a,2", "2,b,2"], "x,y,x\n", "y", '2 columns have the name "x"'),
    ],
)
def test_tables_that_cannot_be_used_are_refused(
    tmp_path: Path, rows: list[str], header: str, target: str, message: str
) -> None:
    path = table(tmp_path / "t.csv", rows, header)
    with pytest.raises(DataError, match=message) as raised:
        read_table(path, target=target, columns=Columns())
    assert "t.csv" in str(raised.value)
