from pathlib import Path

import pytest

from harness.errors import DataError
from harness.user_files.containers.read_file import read_file
from harness.user_files.containers.tables.quoting import PLAIN, WHOLE_ROWS
from harness.user_files.layout import Layout
from harness.user_files.record import FileContent


def read(folder: Path, content: str, name: str = "data.tsv", **options: str) -> FileContent:
    path = folder / name
    path.write_bytes(content.encode())
    return read_file(path, layout=Layout(**options))  # type: ignore[arg-type]


def values(content: FileContent) -> list[list[str]]:
    return [list(record.value.values()) for record in content.records]


def notes(content: FileContent) -> dict[str, int]:
    return {note.what: note.count for note in content.notes}


SWALLOWING = (
    'sentence\tlabel\nmy kettle\tgood\n"A wonderful lamp\tgood\nmy drill\tbad\nmy radio"\tbad\nmy heater\tgood\n'
)
"""By the rule of spreadsheets the row that begins with a quote takes in the two rows below it."""


def test_rows_that_a_quote_would_swallow_are_rows(tmp_path: Path) -> None:
    content = read(tmp_path, SWALLOWING)
    assert [text for text, _ in values(content)] == [
        "my kettle",
        '"A wonderful lamp',
        "my drill",
        'my radio"',
        "my heater",
    ]
    assert notes(content) == {PLAIN: 2}


def test_rows_that_a_quote_would_swallow_are_rows_in_csv_if_their_labels_recur(tmp_path: Path) -> None:
    content = read(tmp_path, SWALLOWING.replace("\t", ",") + "my freezer,bad\n", "data.csv")
    assert len(content.records) == 6


def test_messages_with_quotes_inside_are_read_whole(tmp_path: Path) -> None:
    rows = ['ham\t"Hello," she said', 'spam\tBuy "now"', 'ham\t"Quoted" twice "here"', 'spam\t"All of it"']
    content = read(tmp_path, "\n".join(["label\ttext", *rows]) + "\n")
    assert values(content) == [row.split("\t") for row in rows]
    assert PLAIN in notes(content)


def test_a_line_break_inside_quotes_stays_one_cell(tmp_path: Path) -> None:
    content = read(
        tmp_path, 'text,label\n"Dear Sir, I want\nto complain",bad\n"Hello, a\nb",good\nfine,good\n', "d.csv"
    )
    assert values(content) == [["Dear Sir, I want\nto complain", "bad"], ["Hello, a\nb", "good"], ["fine", "good"]]
    assert not content.notes


def test_whole_rows_inside_a_cell_are_reported_where_other_quotes_enclose_cells(tmp_path: Path) -> None:
    rows = 'text,label\n"a, b",x\n"c, d",y\n"e,x\nf,y\ng",x\nh,y\n'
    content = read(tmp_path, rows, "data.csv")
    assert len(content.records) == 4
    assert notes(content) == {WHOLE_ROWS.format(line=4): 3}


def test_the_option_decides_before_the_evidence(tmp_path: Path) -> None:
    assert len(read(tmp_path, SWALLOWING, quoting="standard").records) == 3
    plain = read(tmp_path, 'text\tlabel\n"a"\tx\n', quoting="none")
    assert values(plain) == [['"a"', "x"]]
    assert not plain.notes


def test_wrong_quotes_name_the_option_that_reads_them(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="if quotes are ordinary characters in this file, use --quoting none"):
        read(tmp_path, 'text\tlabel\n"a" b\tx\n"c"\ty\n"d"\tx\n')
