from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError
from harness.user_files.columns import Columns
from harness.user_files.reading import Reading, read_items
from tests.user_files.written_containers import write_lines

MESSAGES = [f"my kettle number {n} is broken again" for n in range(12)]


def read(folder: Path, cells: dict[str, list[Any]], columns: Columns | None = None) -> Reading:
    records = [dict(zip(cells, values, strict=True)) for values in zip(*cells.values(), strict=True)]
    return read_items(write_lines(folder, *records), columns=columns or Columns())


def notes(reading: Reading) -> str:
    return "\n".join(f"{note.count} {note.what}" for note in reading.notes)


@pytest.mark.parametrize("name", ["airline_sentiment", "Kategorie", "class_label", "intentName", "Sentiment-Klasse"])
def test_a_column_whose_name_and_values_look_like_a_label_is_the_label(tmp_path: Path, name: str) -> None:
    reading = read(tmp_path, {"nr": list(range(12)), name: ["good", "bad"] * 6, "text": MESSAGES})
    assert (reading.format, reading.columns.label) == ("text_label", name)
    assert "12 records got their label from the column" in notes(reading)
    assert "its 2 values look like a label; --format plain_text reads only the texts" in notes(reading)


def test_a_text_of_unknown_name_is_found_beside_the_label(tmp_path: Path) -> None:
    reading = read(tmp_path, {"Zeile": list(range(12)), "Meldung": MESSAGES, "Kategorie": ["a", "b"] * 6})
    assert (reading.columns.input, reading.columns.label) == ("Meldung", "Kategorie")
    assert 'text from the column "Meldung"' in notes(reading)
    named = read(tmp_path, {"Zeile": ["x", "y"] * 6, "Meldung": MESSAGES}, Columns(label="Zeile"))
    assert (named.columns.input, named.columns.label) == ("Meldung", "Zeile")


def test_a_column_that_only_its_values_make_a_label_is_suggested(tmp_path: Path) -> None:
    reading = read(tmp_path, {"airline": ["Delta", "United"] * 6, "text": MESSAGES})
    assert reading.format == "plain_text"
    assert "12 records were read as plain text, without a label: no column is named label, labels, " in notes(reading)
    assert 'to use it, give --label "airline"' in notes(reading)


def test_two_columns_that_could_be_the_label_are_both_suggested(tmp_path: Path) -> None:
    reading = read(tmp_path, {"my_topic": ["a", "b"] * 6, "class_id": ["1", "2"] * 6, "text": MESSAGES})
    assert reading.format == "plain_text"
    assert all(f'--label "{name}"' in notes(reading) for name in ("my_topic", "class_id"))


def test_numbers_and_names_of_records_are_no_labels(tmp_path: Path) -> None:
    reading = read(tmp_path, {"sentiment_score": ["0.5", "0,7"] * 6, "label_id": list(range(12)), "text": MESSAGES})
    assert reading.format == "plain_text"
    assert not reading.notes


def test_a_file_that_fits_no_format_gets_the_options_that_would_read_it(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'looked for a text \((.|\n)*try --input "Meldung" --label "Gruppe"'):
        read(tmp_path, {"Meldung": MESSAGES, "Gruppe": ["a", "b"] * 6})
    with pytest.raises(DataError, match='try --input "Meldung" --output "Entgegnung"'):
        read(tmp_path, {"Meldung": MESSAGES, "Entgegnung": [f"please send item {n} back" for n in range(12)]})


def test_one_column_without_a_name_is_no_label(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(",text\n" + "".join(f"{n % 2},{text}\n" for n, text in enumerate(MESSAGES)), encoding="utf-8")
    reading = read_items(path)
    assert reading.format == "plain_text"
    assert 'give --label "column 1"' in notes(reading)


def test_a_table_without_names_is_read_by_its_contents(tmp_path: Path) -> None:
    path = tmp_path / "SMSSpamCollection"
    path.write_text("\n".join(f"{('ham', 'spam')[n % 2]}\t{text}" for n, text in enumerate(MESSAGES)), encoding="utf-8")
    reading = read_items(path)
    assert (reading.columns.input, reading.columns.label) == ("column 2", "column 1")
    assert [item.label for item in reading.items] == ["ham", "spam"] * 6
