from pathlib import Path

from harness.user_files.containers.choose_reader import TABLE_OF_TEXT
from harness.user_files.containers.paragraphs import LINES, PARAGRAPHS
from harness.user_files.containers.read_file import read_file
from harness.user_files.layout import Layout


def read(folder: Path, content: str, *, lines: bool = False) -> tuple[list[object], dict[str, int]]:
    """The texts and the notes."""
    path = folder / "data.txt"
    path.write_text(content, encoding="utf-8")
    read = read_file(path, layout=Layout(lines=lines))
    return [record.value.get("text") for record in read.records], {note.what: note.count for note in read.notes}


def test_paragraphs_of_several_lines_are_one_text_each_and_the_report_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, "a\nb\n\nc\n") == (["a\nb", "c"], {PARAGRAPHS: 2})


def test_lines_without_a_blank_line_are_one_text_each_and_the_report_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, "\na\nb\nc") == (["a", "b", "c"], {LINES: 3})


def test_each_line_is_a_text_where_the_user_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, "a\nb\n\nc\n", lines=True) == (["a", "b", "c"], {})


def test_lines_that_tabs_cut_alike_are_a_table(tmp_path: Path) -> None:
    path = tmp_path / "data.txt"
    path.write_text("text\tlabel\na\tx\nb\ty\n", encoding="utf-8")
    content = read_file(path)
    assert content.columns == ["text", "label"]
    assert [note.what for note in content.notes] == [TABLE_OF_TEXT]
    assert read(tmp_path, "a\tb\n\nc\td\n") == (["a\tb", "c\td"], {})
