"""Records of CSV and TSV files."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from harness.errors import DataError
from harness.user_files.containers.text_stream import TextStream
from harness.user_files.decisions import DecisionLog
from harness.user_files.record import MAX_LINE, Record

_DELIMITERS = ",;\t|"  # a comma wins a tie
_EXCEL_LINE = re.compile(r'"?sep=(.)"?[,;\t]*')
"""A first line that tells Excel the delimiter."""


def csv_rows(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
    """Rows of a CSV file with a header; the delimiter is the comma, or what splits the header into more cells.

    A first line `sep=;`, as Excel writes and reads it, says the delimiter instead.

    Raises:
        DataError: as `_rows`.
    """
    lines = text.head.lstrip("\r\n").splitlines()
    told = _EXCEL_LINE.match(text.head) and _EXCEL_LINE.fullmatch(lines[0])
    header = lines[1:2] if told else lines[:1]
    cells = {sign: len(next(csv.reader(header, delimiter=sign), [])) for sign in _DELIMITERS}
    delimiter = told[1] if told else max(_DELIMITERS, key=lambda sign: cells[sign])
    if delimiter != ",":
        decisions.count(f"CSV files were split at {delimiter!r} instead of the comma")
    # `"text", "label"`: else the quotes would be part of the name, and of all cells
    is_spaced = any(f'{delimiter} "' in line for line in header)
    return _rows(text, decisions, delimiter=delimiter, skipped=int(told is not None), is_spaced=is_spaced)


def tsv_rows(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
    """Rows of a TSV file with a header; quoted like CSV.

    Raises:
        DataError: as `_rows`.
    """
    return _rows(text, decisions, delimiter="\t")


def _rows(
    text: TextStream, decisions: DecisionLog, *, delimiter: str, skipped: int = 0, is_spaced: bool = False
) -> Iterator[Record]:
    """Blank lines are passed over; a header cell without a name is `column 3`, after its place.

    `skipped` lines come before the header; `is_spaced` says that a space follows the delimiters.

    Raises:
        DataError: two columns of one name; a row with more or fewer cells than the header; odd quotes.
    """
    before = csv.field_size_limit(MAX_LINE)  # of the process: put back below
    try:
        lines = islice(text.lines(newline=""), skipped, None)
        reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=is_spaced)
        header: list[str] | None = None
        index, line = 0, 1 + skipped
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                raise _quoting(error, start=line, end=reader.line_num + skipped, decisions=decisions) from None
            if cells and header is None:
                header = _header(cells, where=f"{decisions.path}:{line}")
            elif cells and header is not None:
                _check_width(cells, header, where=f"{decisions.path}:{line}")
                yield Record(line, index, dict(zip(header, cells, strict=True)))
                index += 1
            line = reader.line_num + skipped + 1
    finally:
        csv.field_size_limit(before)


def _header(cells: Sequence[str], *, where: str) -> list[str]:
    names = [cell.strip() or f"column {place}" for place, cell in enumerate(cells, 1)]
    for name in names:
        if names.count(name) > 1:
            raise DataError(f'{names.count(name)} columns are called "{name}"', where=where, hint="rename one of them")
    return names


_WIDER = "put quotes around a cell that holds the delimiter; a title above the line of column names must go"


def _check_width(cells: Sequence[str], header: Sequence[str], *, where: str) -> None:
    if len(cells) != len(header):
        more = len(cells) > len(header)
        raise DataError(
            f"the row has {len(cells)} cells",
            where=where,
            expected=f"{len(header)}, as the header: {', '.join(header)}",
            hint=_WIDER if more else "is the row cut off, or a quote open?",
        )


def _quoting(error: csv.Error, *, start: int, end: int, decisions: DecisionLog) -> DataError:
    lines = f"{start}" if start == end else f"{start} to {end}"
    if "field larger than" in str(error):
        return DataError(
            f"a cell of the row at line {lines} has more than {MAX_LINE:,} characters",
            where=f"{decisions.path}:{start}",
            hint="a quote that is never closed swallows the rows after it; a long document belongs in several records",
        )
    return DataError(
        f"the quotes of the row at line {lines} are wrong: {error}",
        where=f"{decisions.path}:{start}",
        expected='cells quoted whole, with "" for a quote inside',
        hint="a quote that is never closed swallows the rows after it",
    )
