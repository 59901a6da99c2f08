"""The columns of a file of which nothing is used, for the report and the data card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from harness.errors import DataError
from harness.user_files.cell_text import is_empty
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.formats.multiple_choice.options import LISTS
from harness.user_files.record import Record

UNUSED = 'cells of the column "{name}" were not used'
MOST_NAMED = 50
"""Most columns that the data card names; it counts the others together."""
OTHERS = f"cells of further columns were not used (only {MOST_NAMED} columns are named)"


@dataclass(frozen=True)
class UnusedColumn:
    """A column of which nothing is used."""

    name: str
    cells: int
    """Cells that hold something."""


def unused_columns(
    records: Sequence[Record], names: Sequence[str], known: RecordFormat, columns: Columns
) -> tuple[UnusedColumn, ...]:
    """The columns that neither the format reads nor an option names, in the order of the file.

    `id` is read as the id, and a note of its own says that a column `split` is not used.
    """
    used: Collection[str] = {*known.reads(names, columns), *columns.named.values(), "id", "split"}
    return tuple(
        UnusedColumn(name, sum(not is_empty(record.value.get(name)) for record in records))
        for name in names
        if name not in used
    )


def joined_unused(of_files: Iterable[Sequence[UnusedColumn]]) -> tuple[UnusedColumn, ...]:
    """The unused columns of several files, each with the cells of all files."""
    cells: Counter[str] = Counter()
    for column in chain.from_iterable(of_files):
        cells[column.name] += column.cells
    return tuple(UnusedColumn(name, count) for name, count in cells.items())


def refuse_lost_options(unused: Sequence[UnusedColumn], known: RecordFormat, *, file: str) -> None:
    """Raise if a question would lose its options, without which its answer means nothing.

    Raises:
        DataError: a column of options is not used, although the format has answers.
    """
    lost = next((column.name for column in unused if column.name in LISTS and column.cells), None)
    if lost is not None and known.is_one_reply:
        raise DataError(
            f'the column "{lost}" seems to hold the options of the questions, but they cannot be read',
            where=file,
            expected="a list of at least two texts, or an object of labels and texts; and an answer among them",
            hint="write the options as a list, or into columns A, B, C, D; or remove the column",
        )


def count_unused(unused: Sequence[UnusedColumn], decisions: DecisionLog) -> None:
    """Count the cells of the unused columns as decisions."""
    for place, column in enumerate(unused):
        if place < MOST_NAMED:
            decisions.count_name(UNUSED, column.name, column.cells)
        else:
            decisions.count(OTHERS, column.cells)
