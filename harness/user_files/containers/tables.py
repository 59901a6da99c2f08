"""Read CSV and TSV files: each row is a record."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from harness.errors import DataError
from harness.user_files.containers.text_stream import TextStream
from harness.user_files.decision_log import DecisionLog
from harness.user_files.record import MAX_LINE, Record

_DELIMITERS = ",;\t|"  # the first one wins a tie
_EXCEL_LINE = re.compile(r'"?sep=(.)"?[,;\t]*')
"""A first line that states the delimiter for Excel."""


def csv_rows(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
    """The rows of a CSV file with a header. The delimiter is the one that splits the header into most cells.

    A first line such as `sep=;`, which Excel writes, decides the delimiter instead.

    Raises:
        DataError: two columns have the same name; a row has more or fewer cells than the header; quotes are wrong.
    """
    lines = text.head.lstrip("\r\n").splitlines()
    stated = _EXCEL_LINE.match(text.head) and _EXCEL_LINE.fullmatch(lines[0])
    header = lines[1:2] if stated else lines[:1]
    cells = {sign: len(next(csv.reader(header, delimiter=sign), [])) for sign in _DELIMITERS}
    delimiter = stated[1] if stated else max(_DELIMITERS, key=lambda sign: cells[sign])
    if delimiter != ",":
        decisions.count(f"CSV files were split at {delimiter!r} instead of the comma")
    # in `"text", "label"` a space follows the delimiter; the quotes after it must not become part of the cells
    is_spaced = any(f'{delimiter} "' in line for line in header)
    return _rows(text, delimiter=delimiter, skipped=int(stated is not None), is_spaced=is_spaced)


def tsv_rows(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
    """The rows of a TSV file with a header, quoted like CSV.

    Raises:
        DataError: as `csv_rows`.
    """
    return _rows(text, delimiter="\t")


def _rows(text: TextStream, *, delimiter: str, skipped: int = 0, is_spaced: bool = False) -> Iterator[Record]:
    """The rows below the header. Blank lines are skipped; a header cell without a name is called `column 3`.

    `skipped`: number of lines before the header. `is_spaced`: a space follows the delimiters.

    Raises:
        DataError: as `csv_rows`.
    """
    before = csv.field_size_limit(MAX_LINE)  # a setting of the whole process: restored below
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
                raise _bad_row(error, start=line, end=reader.line_num + skipped, path=text.path) from None
            if cells and header is None:
                header = _header(cells, where=f"{text.path}:{line}")
            elif cells and header is not None:
                _check_width(cells, header, where=f"{text.path}:{line}")
                yield Record(text.path, line, index, dict(zip(header, cells, strict=True)))
                index += 1
            line = reader.line_num + skipped + 1
    finally:
        csv.field_size_limit(before)


def _header(cells: Sequence[str], *, where: str) -> list[str]:
    names = [cell.strip() or f"column {place}" for place, cell in enumerate(cells, 1)]
    for name in names:
        if names.count(name) > 1:
            what = f'{names.count(name)} columns have the name "{name}"'
            raise DataError(what, where=where, hint="rename all but one of them")
    return names


_OPEN_QUOTE = "check for a quote that is never closed: all following rows become part of its cell"
_TOO_MANY = "put quotes around a cell that holds the delimiter; remove any title above the line of column names"
_TOO_FEW = "complete the row; a quote that is never closed also has this effect"


def _check_width(cells: Sequence[str], header: Sequence[str], *, where: str) -> None:
    if len(cells) != len(header):
        more = len(cells) > len(header)
        raise DataError(
            f"the row has {len(cells)} cells",
            where=where,
            expected=f"{len(header)} cells, like the header: {', '.join(header)}",
            hint=_TOO_MANY if more else _TOO_FEW,
        )


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
