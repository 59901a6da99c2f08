import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError
from harness.user_files.columns import NONE_GIVEN
from harness.user_files.formats.registry import FORMATS
from harness.user_files.reading import Columns, read_items
from harness.user_files.record import Record
from harness.user_files.unused_columns import UnusedColumn
from tests.user_files.writers import WRITERS
from tests.user_files.written_containers import write_lines

FACTS = ("a question", "a context", "a reply", "a worse one")


def table(*names: str) -> list[dict[str, Any]]:
    return [{name: f"{name} {number}" for name in names} for number in range(3)]


def complaint(path: Path, columns: Columns = NONE_GIVEN, format: str | None = None) -> str:
    with pytest.raises(DataError) as error:
        read_items(path, columns=columns, format=format)
    return str(error.value)


@pytest.mark.parametrize("name", WRITERS)
def test_each_format_is_the_first_that_fits_its_own_records(name: str) -> None:
    value = WRITERS[name].record(FACTS)
    assert next(known.name for known in FORMATS.values() if known.fits(value)) == name.partition(",")[0]


@pytest.mark.parametrize("name", WRITERS)
def test_a_format_recognises_files_of_which_most_records_fit(name: str) -> None:
    known = FORMATS[name.partition(",")[0]]
    fitting = Record("file", 1, 0, WRITERS[name].record(FACTS))
    other = Record("file", 2, 1, {"foo": "bar"})
    assert known.recognise([fitting, fitting, other])
    assert not known.recognise([fitting, other, other])


@pytest.mark.parametrize("name", WRITERS)
def test_a_format_can_be_named(name: str, tmp_path: Path) -> None:
    record = WRITERS[name].record(FACTS)
    known = name.partition(",")[0]
    reading = read_items(write_lines(tmp_path, record, record), format=known)
    assert (reading.format, len(reading.items), reading.title) == (known, 2, FORMATS[known].title)


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_shows_an_example_that_json_can_hold(name: str) -> None:
    facts = ("question " * 100, "context " * 100, "reply " * 100, "worse " * 100)
    shown = FORMATS[name.partition(",")[0]].example(Record("file", 1, 0, WRITERS[name].record(facts)))
    assert len(json.dumps(shown)) < 1200


def test_a_column_that_is_missing_suggests_the_nearest(tmp_path: Path) -> None:
    message = complaint(write_lines(tmp_path, *table("Ticket", "Kind")), Columns(input="Ticket", label="Kinds"))
    assert 'the file has no column "Kinds" (named with --label)' in message
    assert 'one of: "Ticket", "Kind"' in message
    assert 'did you mean "Kind"?' in message


def test_one_column_cannot_be_text_and_label(tmp_path: Path) -> None:
    path = write_lines(tmp_path, *table("text", "label"))
    assert "named with both --input and --label" in complaint(path, Columns(input="text", label="text"))


def test_columns_win_over_recognition(tmp_path: Path) -> None:
    path = write_lines(tmp_path, *table("prompt", "completion", "note", "kind"))
    reading = read_items(path, columns=Columns(input="note", label="kind"))
    assert reading.format == "text_label"
    assert (reading.items[0].text, reading.items[0].label) == ("note 0", "kind 0")
    reading = read_items(path, columns=Columns(input="completion", output="prompt"))
    assert (reading.items[0].text, reading.items[0].answer) == ("completion 0", "prompt 0")


@pytest.mark.parametrize(
    ("names", "columns", "format", "text"),
    [
        (("body", "reply"), Columns(output="reply"), "prompt_completion", "body 0"),
        (("body", "kind"), Columns(label="kind"), "text_label", "body 0"),
        (("prompt", "kind"), Columns(label="kind"), "text_label", "prompt 0"),
        (("note", "category"), Columns(input="note"), "text_label", "note 0"),
        (("note", "answer"), Columns(input="note"), "prompt_completion", "note 0"),
        (("note", "other"), Columns(input="note"), "plain_text", "note 0"),
        (("question", "answer"), Columns(label="answer"), "text_label", "question 0"),
        (("text", "topic", "label"), Columns(cluster="topic"), "text_label", "text 0"),
        (("text", "topic", "intent"), Columns(cluster="topic"), "text_label", "text 0"),
        (("text", "topic", "intent"), Columns(label="topic"), "text_label", "text 0"),
    ],
)
def test_what_the_user_leaves_out_is_told_by_name(
    tmp_path: Path, names: tuple[str, ...], columns: Columns, format: str, text: str
) -> None:
    reading = read_items(write_lines(tmp_path, *table(*names)), columns=columns)
    assert (reading.format, reading.items[0].text) == (format, text)


def test_an_answer_wins_over_a_label_and_both_can_be_had(tmp_path: Path) -> None:
    path = write_lines(tmp_path, *table("question", "answer", "category"))
    assert read_items(path).format == "prompt_completion"
    item = read_items(path, columns=Columns(label="category")).items[0]
    assert (item.text, item.answer, item.label) == ("question 0", "answer 0", "category 0")


def test_a_label_can_be_added_to_any_format(tmp_path: Path) -> None:
    path = write_lines(tmp_path, *(WRITERS["dolly"].record(FACTS) for _ in range(2)))
    assert [item.label for item in read_items(path).items] == [None, None]
    reading = read_items(path, columns=Columns(label="category"))
    assert (reading.format, reading.items[0].label, reading.items[0].answer) == ("dolly", "open_qa", "a reply")


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (("text", "topic", "sentiment"), "--label topic; or --format plain_text"),
        (("body", "title", "label"), "--input body"),
        (("question", "answer", "response"), "--output answer"),
        (("question", "input", "answer"), "--input question"),
    ],
)
def test_ambiguous_columns_are_an_error_that_says_which_option_to_give(
    tmp_path: Path, names: tuple[str, ...], hint: str
) -> None:
    message = complaint(write_lines(tmp_path, *table(*names)))
    assert "several columns could be the" in message
    assert hint in message


def test_the_own_name_of_a_column_wins_over_other_candidates(tmp_path: Path) -> None:
    reading = read_items(write_lines(tmp_path, *table("title", "text", "topic", "label")))
    assert (reading.columns.input, reading.columns.label) == ("text", "label")


def test_columns_that_no_format_has_are_listed(tmp_path: Path) -> None:
    message = complaint(write_lines(tmp_path, *table("foo", "bar")))
    assert 'no record format fits the columns: "foo", "bar"' in message
    assert "--input COL, and --output COL" in message
    assert 'no record format fits the columns: "foo", "bar"' in complaint(
        tmp_path / "records.jsonl", Columns(label="foo")
    )


def test_an_unknown_format_is_suggested(tmp_path: Path) -> None:
    assert 'did you mean "alpaca"?' in complaint(write_lines(tmp_path, *table("text")), format="alpacca")


def test_a_format_that_the_records_are_not_is_an_error(tmp_path: Path) -> None:
    message = complaint(write_lines(tmp_path, *table("text", "label")), format="dolly")
    assert "the records are not Dolly" in message
    assert '"text", "label"' in message


def test_a_format_with_columns_of_its_own_takes_no_others(tmp_path: Path) -> None:
    path = write_lines(tmp_path, WRITERS["alpaca"].record(FACTS))
    assert "has fixed columns" in complaint(path, Columns(input="input"), format="alpaca")


def test_a_named_table_format_without_its_columns_is_an_error(tmp_path: Path) -> None:
    path = write_lines(tmp_path, *table("foo", "label"))
    assert "no record format fits" in complaint(path, format="text_label")
    assert read_items(path, columns=Columns(input="foo"), format="text_label").items[0].text == "foo 0"


@pytest.mark.parametrize("place", [3, 250])
def test_mixed_formats_name_the_first_odd_line_and_both_formats(tmp_path: Path, place: int) -> None:
    records = [{"text": f"t{number}", "label": "x"} for number in range(300)]
    records[place] = {"instruction": "a", "output": "b"}
    records[place + 2] = {"inputs": "a", "targets": "b"}
    message = complaint(write_lines(tmp_path, *records))
    assert f"records.jsonl:{place + 1}: the record is Alpaca" in message
    assert "most of the file is text/label" in message


def test_text_with_labels_here_and_there_is_mixed_where_most_have_none(tmp_path: Path) -> None:
    records = [{"text": "a"}, {"text": "b"}, {"text": "c", "label": "x"}]
    assert ":3: the record is text/label" in complaint(write_lines(tmp_path, *records))


def test_records_with_gaps_are_left_out_and_counted(tmp_path: Path) -> None:
    records = [{"text": "a", "label": "x"}, {"text": "b", "label": "y"}, {"text": "c"}, {"label": "x"}, {}]
    reading = read_items(write_lines(tmp_path, *records))
    assert [item.text for item in reading.items] == ["a", "b"]
    assert {note.what: note.count for note in reading.notes} == {
        "records with an empty label were left out": 1,
        "records with an empty text were left out": 2,
    }
    assert reading.records == 5


def test_a_cell_that_holds_a_list_names_its_line(tmp_path: Path) -> None:
    path = write_lines(tmp_path, *table("text", "label"), {"text": "a", "label": ["x", "y"]})
    assert ':4: the column "label" holds a list' in complaint(path)


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        ({"label": ["billing"]}, 'the column "label" could be the label, but holds a list'),
        ({"labels": ["billing", "late"]}, 'the column "labels" could be the label, but holds a list'),
        ({"output": "a reply"}, "name it with --output output"),
    ],
)
def test_labels_and_answers_that_plain_text_would_lose_are_an_error(
    tmp_path: Path, beside: dict[str, Any], told: str
) -> None:
    path = write_lines(tmp_path, *({"text": f"words {number}", **beside} for number in range(3)))
    message = complaint(path)
    assert f"{path}:1: " in message
    assert told in message
    assert "--format plain_text" in message
    assert len(read_items(path, format="plain_text").items) == 3


def test_labels_in_the_plural_are_labels(tmp_path: Path) -> None:
    reading = read_items(write_lines(tmp_path, *table("text", "labels")))
    assert (reading.format, reading.columns.label) == ("text_label", "labels")


def test_columns_that_hold_more_than_a_cell_are_reported_where_no_format_fits(tmp_path: Path) -> None:
    path = write_lines(tmp_path, *({"question": "a", "answers": {"text": ["b"]}} for _ in range(2)))
    assert '"question", "answers" ("answers" holds an object)' in complaint(path)
    assert "fits the columns: the records have none" in complaint(write_lines(tmp_path, {}, {}))


def test_a_table_without_a_header_is_hinted_at(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("my router is broken,technical\nmy bill is wrong,billing\n", encoding="utf-8")
    assert "the first line must hold the names of the columns" in complaint(path)


def test_columns_of_which_nothing_is_read_are_reported(tmp_path: Path) -> None:
    reading = read_items(write_lines(tmp_path, *table("id", "question", "source", "answer", "split")))
    assert reading.unused == (UnusedColumn("source", 3),)
    assert read_items(write_lines(tmp_path, *table("instruction", "output", "kind"))).unused == (
        UnusedColumn("kind", 3),
    )
