from pathlib import Path

import pytest

from harness.user_files.columns import NONE_GIVEN
from harness.user_files.decision_log import DecisionLog
from harness.user_files.formats.contract import TableFormat
from harness.user_files.formats.registry import FORMATS
from harness.user_files.reading import read_items
from harness.user_files.record import Record
from harness.user_files.unused_columns import MOST_NAMED, OTHERS, UnusedColumn, count_unused
from tests.user_files.read_records import read, row
from tests.user_files.writers import WRITERS
from tests.user_files.written_containers import write_lines

FACTS = ("a question", "a context", "a reply", "a worse one")
NOT_NEEDED = {"category", "task", "source", "Positive Examples"}
"""Columns of the writers' records that change no item."""


@pytest.mark.parametrize("name", WRITERS)
def test_an_unknown_column_is_named_with_its_cells_in_every_format(name: str, tmp_path: Path) -> None:
    record = WRITERS[name].record(FACTS)
    path = write_lines(tmp_path, {**record, "zebra": "x"}, {**record, "zebra": " "}, {**record, "zebra": 0}, record)
    assert UnusedColumn("zebra", 2) in read_items(path).unused


@pytest.mark.parametrize("name", WRITERS)
def test_a_column_counts_as_read_if_and_only_if_it_changes_the_items(name: str) -> None:
    known, record = FORMATS[name.partition(",")[0]], WRITERS[name].record(FACTS)
    columns = known.resolve(list(record), NONE_GIVEN) if isinstance(known, TableFormat) else NONE_GIVEN
    assert columns is not None
    read = {*known.reads(list(record), columns), *columns.named.values()}

    def contents(value: dict[str, object]) -> list[object]:
        drafts = known.drafts([Record("file", 1, 0, value)], columns, decisions=DecisionLog())
        return [(one.text, one.answer, one.other_answers, one.wrong_answers, one.positive) for one in drafts]

    for column in [name for name, value in record.items() if value != ""]:
        changed = contents({**record, column: None}) != contents(record)
        is_label = column == columns.label or column.startswith("negative")
        assert changed == (column in read and column not in NOT_NEEDED) or is_label, column


def test_many_unused_columns_are_counted_together_beyond_the_limit() -> None:
    decisions = DecisionLog()
    count_unused([UnusedColumn(f"c{n}", 2) for n in range(MOST_NAMED + 3)], decisions)
    counted = {note.what: note.count for note in decisions.notes()}
    assert len(counted) == MOST_NAMED + 1
    assert counted[OTHERS] == 6


def test_empty_cells_do_not_count(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a", "x", note=None), row("b", "y", note="", more=[]), row("c", "x", note="z"))
    assert reading.unused == (UnusedColumn("note", 1), UnusedColumn("more", 0))
