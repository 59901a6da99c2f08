"""Rows of a table, and the decision whether quotes in it enclose cells or are ordinary characters.

Spreadsheets put quotes around a cell that holds a delimiter or a line break. Many files of texts have no such rule: a
message begins with a quote because somebody is quoted. Read by the rule of spreadsheets, such a cell takes in all rows
up to the next quote. Both readings are tried, and the file decides.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from harness.errors import DataError
from harness.user_files.decision_log import DecisionLog
from harness.user_files.layout import Quoting
from harness.user_files.record import MAX_LINE

PLAIN = "cells hold quotes that enclose nothing; quotes were read as ordinary characters (--quoting standard undoes it)"
WHOLE_ROWS = (
    "whole rows seem to be inside quoted cells, first in the row at line {line}; if the quotes there enclose nothing, "
    "use --quoting none"
)
_RULE_HINT = "if quotes are ordinary characters in this file, use --quoting none"


@dataclass(frozen=True)
class Row:
    """The cells of one row."""

    line: int
    """Line of the file where the row starts, from 1."""
    last_line: int
    """Line where it ends; quoted cells may hold line breaks."""
    cells: list[str]


def table_rows(
    lines: Sequence[str],
    *,
    delimiter: str,
    quoting: Quoting | None,
    first_line: int,
    is_spaced: bool,
    path: str,
    decisions: DecisionLog,
) -> list[Row]:
    """The rows that are not blank, all with as many cells as the first.

    Quotes are ordinary characters if then every line is a row of the right width, more quotes stand alone than enclose
    a cell, and the rule of spreadsheets either fails or hides whole rows in a cell. `quoting` overrules the evidence.
    `first_line`: number of the first of `lines`. `is_spaced`: a space follows the delimiters.

    Raises:
        DataError: a row has more or fewer cells than the first; quotes are wrong.
    """

    def checked(quoting: Quoting) -> list[Row]:
        rows = list(_rows(lines, delimiter, quoting, first_line=first_line, is_spaced=is_spaced, path=path))
        return _of_one_width(rows, path=path)

    if quoting is not None or not any('"' in line for line in lines):
        return checked(quoting or "standard")
    refused: DataError | None = None
    standard: list[Row] = []
    try:
        standard = checked("standard")
    except DataError as error:
        refused = error
    doubtful = [row for row in standard if row.last_line > row.line]
    if refused is None and not doubtful:
        return standard
    evidence = _Evidence(lines, delimiter=delimiter, first_line=first_line)
    if evidence.is_plain() and (refused is not None or evidence.holds_rows(standard, doubtful)):
        decisions.count(PLAIN, evidence.alone)
        return checked("none")
    if refused is not None:
        hint = "; ".join(part for part in (refused.hint, _RULE_HINT) if part)
        raise DataError(refused.what, where=refused.where, expected=refused.expected, hint=hint)
    hidden = [row for row in doubtful if evidence.hidden_rows(row)]
    if hidden and evidence.holds_rows(standard, hidden):
        decisions.count(WHOLE_ROWS.format(line=hidden[0].line), sum(map(evidence.hidden_rows, hidden)))
    return standard


class _Evidence:
    """What the lines look like if quotes mean nothing."""

    def __init__(self, lines: Sequence[str], *, delimiter: str, first_line: int) -> None:
        self._delimiter = delimiter
        split = ((number, line.rstrip("\r\n")) for number, line in enumerate(lines, first_line))
        self._cells = {number: line.split(delimiter) for number, line in split if line}
        self._width = len(next(iter(self._cells.values()), []))
        cells = list(chain.from_iterable(self._cells.values()))
        enclosed = sum(map(_is_enclosed, cells))
        self.alone = sum('"' in (cell[:1], cell[-1:]) for cell in cells) - enclosed
        """Cells that begin or end with a quote, but are not enclosed in quotes."""
        self._enclosed = enclosed

    def is_plain(self) -> bool:
        """Every line has as many cells as the first, at least two, and most quotes at the edge of cells stand alone."""
        return (
            self._width > 1
            and self.alone > self._enclosed
            and all(len(cells) == self._width for cells in self._cells.values())
        )

    def hidden_rows(self, row: Row) -> int:
        """Number of lines of a row, if each of them has the width of a row itself; otherwise 0."""
        lines = [self._cells.get(number, []) for number in range(row.line, row.last_line + 1)]
        return len(lines) if all(len(cells) == self._width > 1 for cells in lines) else 0

    def holds_rows(self, rows: Sequence[Row], doubtful: Sequence[Row]) -> bool:
        """Whether the lines of `doubtful` rows are rows: prose holds no tab, and values recur in rows without doubt."""
        if self._delimiter == "\t":
            return True
        sure = [row.cells for row in rows if row.last_line == row.line]
        known = [{cells[place] for cells in sure} - {""} for place in range(self._width)]
        lines = [self._cells[number] for row in doubtful for number in range(row.line, row.last_line + 1)]
        recurring = sum(any(cell in values for cell, values in zip(cells, known, strict=True)) for cells in lines)
        return recurring * 2 > len(lines)


def _is_enclosed(cell: str) -> bool:
    """Whether quotes stand around the cell, and only doubled quotes inside."""
    return len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1].replace('""', "")


def _rows(
    lines: Sequence[str], delimiter: str, quoting: Quoting, *, first_line: int, is_spaced: bool, path: str
) -> Iterator[Row]:
    """The rows that are not blank. In a row without quotes a line break ends the row."""
    before = csv.field_size_limit(MAX_LINE)  # a setting of the whole process: restored below
    try:
        reader = csv.reader(
            lines,
            delimiter=delimiter,
            quoting=csv.QUOTE_NONE if quoting == "none" else csv.QUOTE_MINIMAL,
            strict=quoting != "none",
            skipinitialspace=is_spaced,
        )
        start = first_line
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                raise _bad_row(error, start=start, end=reader.line_num + first_line - 1, path=path) from None
            end = reader.line_num + first_line - 1
            if cells:
                yield Row(start, end, cells)
            start = end + 1
    finally:
        csv.field_size_limit(before)


_OPEN_QUOTE = "check for a quote that is never closed: all following rows become part of its cell"
_TOO_MANY = "put quotes around a cell that holds the delimiter; remove any title above the line of column names"
_TOO_FEW = "complete the row; a quote that is never closed also has this effect"


def _of_one_width(rows: list[Row], *, path: str) -> list[Row]:
    for row in rows:
        header = rows[0].cells
        if len(row.cells) != len(header):
            more = len(row.cells) > len(header)
            raise DataError(
                f"the row has {len(row.cells)} cells",
                where=f"{path}:{row.line}",
                expected=f"{len(header)} cells, like the header: {', '.join(header)}",
                hint=_TOO_MANY if more else _TOO_FEW,
            )
    return rows


def _bad_row(error: csv.Error, *, start: int, end: int, path: str) -> DataError:
    lines = f"{start}" if start == end else f"{start} to {end}"
    if "field larger than" in str(error):
        return DataError(
            f"a cell of the row at line {lines} has more than {MAX_LINE:,} characters",
            where=f"{path}:{start}",
            hint=f"{_OPEN_QUOTE}; split a long document into several records",
        )
    return DataError(
        f"the quotes of the row at line {lines} are wrong: {error}",
        where=f"{path}:{start}",
        expected='quotes around whole cells, with "" for a quote inside',
        hint=_OPEN_QUOTE,
    )
