"""Read tables (CSV, TSV and others with a delimiter): each row is a record."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from harness.errors import DataError
from harness.user_files.columns import COMPLETIONS, LABELS, PROMPTS, TEXTS
from harness.user_files.containers.tables.quoting import Row, table_rows
from harness.user_files.containers.text_stream import TextStream
from harness.user_files.decision_log import DecisionLog
from harness.user_files.layout import Layout
from harness.user_files.record import Record

_DELIMITERS = "\t|;,"  # the first one wins a tie: the rarer a sign is in prose, the more its regularity says
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": '"|"'}
_EXCEL_LINE = re.compile(r'"?sep=(.)"?[,;\t]*')
"""A first line that states the delimiter for Excel."""
_MOST_LINES = 200
"""Lines from the start of the file by which delimiters are compared."""
_STEADY = 0.9
"""Share of lines that must have the width of the first, so that a delimiter is believed without a suffix `.csv`."""
_RECURS = 3
"""The first line is a record if the value of one of its cells occurs in this many other rows of the same column."""
_KNOWN_NAMES = {*TEXTS, *LABELS, *PROMPTS, *COMPLETIONS}


def csv_rows(text: TextStream, decisions: DecisionLog, *, layout: Layout) -> Iterator[Record]:
    """The rows of a CSV file. The delimiter is the one at which the most lines split into as many cells as the first.

    A first line such as `sep=;`, which Excel writes, decides the delimiter instead.

    Raises:
        DataError: two columns have the same name; a row has more or fewer cells than the header; quotes are wrong.
    """
    return _records(text, decisions, layout, usual=",")


def tsv_rows(text: TextStream, decisions: DecisionLog, *, layout: Layout) -> Iterator[Record]:
    """The rows of a TSV file. If its lines hold no tabs, it is read as CSV.

    Raises:
        DataError: as `csv_rows`.
    """
    return _records(text, decisions, layout, usual="\t")


def is_table(head: str, *, whole: bool) -> bool:
    """Whether the first lines of a text file are rows of a table: tabs cut each of them into equally many cells.

    `whole`: `head` is the whole file, so that its last line is complete.
    """
    lines = _complete_lines(head.strip("\r\n"), whole=whole)
    widths = {line.count("\t") for line in lines}
    return len(lines) > 1 and len(widths) == 1 and 0 not in widths


def _records(text: TextStream, decisions: DecisionLog, layout: Layout, *, usual: str) -> Iterator[Record]:
    """The records below the header. Blank lines are skipped; a column without a name is called `column 3`."""
    lines = _complete_lines(text.head.lstrip("\r\n"), whole=False)
    stated = _EXCEL_LINE.fullmatch(lines[0]) if lines and not text.head.startswith(("\r", "\n")) else None
    sample = lines[1:] if stated else lines
    delimiter = layout.delimiter or (stated[1] if stated else _delimiter(sample, usual=usual))
    if delimiter != usual and layout.delimiter is None:
        shown = _NAMES.get(delimiter, repr(delimiter))
        decisions.count(f"files were split at {shown} ({delimiter!r}) instead of {_NAMES[usual]}")
    skipped = int(stated is not None)
    rows = table_rows(
        list(islice(text.lines(newline=""), skipped, None)),
        delimiter=delimiter,
        quoting=layout.quoting,
        first_line=1 + skipped,
        # in `"text", "label"` a space follows the delimiter; the quotes after it must not become part of the cells
        is_spaced=any(f'{delimiter} "' in line for line in sample[:1]),
        path=text.path,
        decisions=decisions,
    )
    if rows:
        names, rows = _header(rows, layout, decisions, path=text.path)
        for index, row in enumerate(rows):
            yield Record(text.path, row.line, index, dict(zip(names, row.cells, strict=True)))


def _delimiter(lines: Sequence[str], *, usual: str) -> str:
    """The delimiter for which most lines have the width of the first; of equal ones, that of the widest first line."""
    if usual == "\t" and lines and "\t" in lines[0]:
        return usual
    best, most = usual, (0.0, 1)
    for sign in _DELIMITERS:
        rows = [row for row in csv.reader(lines[:_MOST_LINES], delimiter=sign) if row]
        width = len(rows[0]) if rows else 0
        steady = round(sum(len(row) == width for row in rows) / len(rows), 1) if width > 1 else 0.0
        if (steady, width) > most and (usual != "\t" or steady >= _STEADY):
            best, most = sign, (steady, width)
    return best


def _complete_lines(head: str, *, whole: bool) -> list[str]:
    """The lines of the first characters of a file, without the last if it may be cut."""
    lines = head.splitlines()
    return lines if whole or len(lines) < 3 or head.endswith(("\n", "\r")) else lines[:-1]


def _header(rows: list[Row], layout: Layout, decisions: DecisionLog, *, path: str) -> tuple[list[str], list[Row]]:
    """The names of the columns, and the rows below them."""
    first = rows[0]
    unnamed = [f"column {place}" for place in range(1, len(first.cells) + 1)]
    recurring = _recurring(rows) if layout.header is None else None
    if layout.header is False or recurring is not None:
        if recurring is not None:
            decisions.count(
                f'files have no line of column names: "{recurring[:40]}" in the first line is also a value of other '
                'rows, so columns are called "column 1", "column 2" and so on'
            )
        return unnamed, rows
    names = [cell.strip() or other for cell, other in zip(first.cells, unnamed, strict=True)]
    for name in names:
        if names.count(name) > 1:
            what = f'{names.count(name)} columns have the name "{name}"'
            hint = "rename all but one of them; if the first line is a record, use --no-header"
            raise DataError(what, where=f"{path}:{first.line}", hint=hint)
    return names, rows[1:]


def _recurring(rows: Sequence[Row]) -> str | None:
    """A cell of the first row whose value is also the value of other rows in its column; None for a usual header."""
    first, below = rows[0].cells, rows[1:]
    if len(first) < 2 or any(cell.strip().casefold() in _KNOWN_NAMES for cell in first):
        return None
    for place, cell in enumerate(first):
        if cell.strip() and sum(row.cells[place] == cell for row in below) >= _RECURS:
            return cell
    return None
