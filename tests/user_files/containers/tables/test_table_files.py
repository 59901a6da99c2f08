from pathlib import Path

import pytest

from harness.errors import DataError
from harness.user_files.containers.read_file import read_file
from harness.user_files.layout import Layout
from harness.user_files.record import FileContent


def read(folder: Path, content: str, name: str = "data.csv") -> FileContent:
    path = folder / name
    path.write_bytes(content.encode())
    return read_file(path)


def values(content: FileContent) -> list[list[str]]:
    return [list(record.value.values()) for record in content.records]


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks(tmp_path: Path) -> None:
    content = read(tmp_path, 'text,label\n"a, ""b""\nc",x\n\n d ,y\n')
    assert values(content) == [['a, "b"\nc', "x"], [" d ", "y"]]
    assert [record.line for record in content.records] == [2, 5]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_understood(tmp_path: Path, end: str) -> None:
    assert values(read(tmp_path, f"text,label{end}a,x{end}b,y{end}")) == [["a", "x"], ["b", "y"]]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_of_csv_is_found_and_noted(tmp_path: Path, delimiter: str) -> None:
    content = read(tmp_path, f'text{delimiter}label\n"a, b"{delimiter}x\n')
    assert values(content) == [["a, b", "x"]]
    assert repr(delimiter) in content.notes[0].what
    assert content.notes[0].what.endswith("instead of commas")


def test_a_comma_stays_the_delimiter_though_cells_hold_semicolons(tmp_path: Path) -> None:
    content = read(tmp_path, "text,label\na;b;c,x\n")
    assert values(content) == [["a;b;c", "x"]]
    assert not content.notes


def test_tsv_is_split_at_tabs_only(tmp_path: Path) -> None:
    assert values(read(tmp_path, "text\tlabel\na, b;c\tx\n", "data.tsv")) == [["a, b;c", "x"]]


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert values(read(tmp_path, "text\na b\n")) == [["a b"]]


@pytest.mark.parametrize(("row", "cells"), [("b,y,z", 3), ("b", 1)])
def test_a_row_of_another_width_names_its_line(tmp_path: Path, row: str, cells: int) -> None:
    with pytest.raises(DataError) as error:
        read(tmp_path, f'text,label\n"a\na",x\n{row}\n')
    assert f"data.csv:4: the row has {cells} cells" in str(error.value)
    assert "expected: 2 cells, like the header: text, label" in str(error.value)


def test_two_columns_of_one_name_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='2 columns have the name "text"'):
        read(tmp_path, "text,label, text\na,x,b\n")


def test_two_columns_of_one_name_are_an_error_in_parquet(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "data.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"]), path)
    with pytest.raises(DataError, match='2 columns have the name "text"'):
        read_file(path)


def test_a_column_without_a_name_is_named_after_its_place(tmp_path: Path) -> None:
    assert read(tmp_path, ",text,label\n0,a,x\n").columns == ["column 1", "text", "label"]


def test_a_quote_that_is_never_closed_names_the_row_where_it_starts(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"data.csv:3: the quotes of the row at line 3 to 5 are wrong"):
        read(tmp_path, 'text,label\n"a",x\n"b,y\nc,z\nd,x\n')


def test_text_after_a_closing_quote_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected after"):
        read(tmp_path, 'text,label\n"a" b,x\n"c, d",y\n')


def test_the_limit_of_the_csv_module_is_put_back(tmp_path: Path) -> None:
    import csv

    before = csv.field_size_limit()
    read(tmp_path, "text\na\n")
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "sep=;;"])
def test_the_line_that_tells_excel_the_delimiter_is_no_header(tmp_path: Path, first: str) -> None:
    content = read(tmp_path, f"{first}\r\ntext;label\r\na, b;x\r\n")
    assert [(record.line, record.value) for record in content.records] == [(3, {"text": "a, b", "label": "x"})]
    with pytest.raises(DataError, match=r"data\.csv:4: the row has 1 cells"):
        read(tmp_path, f"{first}\ntext;label\na;b\nc\n")


def test_quotes_after_a_delimiter_and_a_space_are_quotes(tmp_path: Path) -> None:
    content = read(tmp_path, '"text", "label"\n"a, b", "x"\n')
    assert content.columns == ["text", "label"]
    assert values(content) == [["a, b", "x"]]


def test_a_cell_beyond_the_limit_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a cell of the row at line 2 to 3 has more than 10,000,000 characters"):
        read(tmp_path, 'text,label\n"' + "a" * 6_000_000 + "\n" + "b" * 6_000_000 + '",x\n')


def test_a_title_above_the_header_is_hinted_at(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        read(tmp_path, "Export of Monday\ntext,label\na,b\n")
    assert "data.csv:2: the row has 2 cells" in str(error.value)
    assert "remove any title above the line of column names" in str(error.value)


def test_the_delimiter_is_the_one_that_splits_all_lines_alike(tmp_path: Path) -> None:
    content = read(tmp_path, "Datum, Zeit;Text, gekürzt;Preis\nMo;Guten Tag;3,14\nDi;Hallo, Welt, hier;2,5\n")
    assert content.columns == ["Datum, Zeit", "Text, gekürzt", "Preis"]
    assert values(content)[1] == ["Di", "Hallo, Welt, hier", "2,5"]


def test_a_tsv_file_without_tabs_is_split_at_what_it_holds(tmp_path: Path) -> None:
    content = read(tmp_path, "text|label\na, b|x\nc|y\n", "data.tsv")
    assert values(content) == [["a, b", "x"], ["c", "y"]]
    assert content.notes[0].what.endswith("instead of tabs")


def test_a_given_delimiter_makes_any_file_a_table(tmp_path: Path) -> None:
    path = tmp_path / "tickets.dat"
    path.write_text("text^label\na, b^x\n", encoding="utf-8")
    assert values(read_file(path, layout=Layout(delimiter="^"))) == [["a, b", "x"]]


def test_a_first_line_whose_value_recurs_is_a_record(tmp_path: Path) -> None:
    rows = ["ham\tsee you, later", "spam\tbuy now", "ham\tok", "ham\tfine", "ham\tno"]
    content = read(tmp_path, "\n".join(rows), "SMSSpamCollection")
    assert content.columns == ["column 1", "column 2"]
    assert values(content) == [row.split("\t") for row in rows]
    assert any('"ham" in the first line is also a value of other rows' in note.what for note in content.notes)


def test_a_usual_name_stays_a_name_though_it_recurs(tmp_path: Path) -> None:
    assert len(read(tmp_path, "text,label\na,label\nb,label\nc,label\n").records) == 3


def test_without_a_header_the_first_line_is_a_record(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,x\nb,y\n", encoding="utf-8")
    assert values(read_file(path, layout=Layout(header=False))) == [["a", "x"], ["b", "y"]]
    path.write_text("x,x\nb,y\n", encoding="utf-8")
    with pytest.raises(DataError, match="if the first line is a record, use --no-header"):
        read_file(path)


def test_options_of_tables_are_refused_for_other_files(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "a"}\n', encoding="utf-8")
    with pytest.raises(DataError, match="the file is JSONL, to which these options do not apply: quoting"):
        read_file(path, layout=Layout(quoting="none"))


def test_lines_of_json_are_not_read_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "a"}\n', encoding="utf-8")
    with pytest.raises(DataError, match="the file is JSONL, to which these options do not apply: lines"):
        read_file(path, layout=Layout(lines=True))
