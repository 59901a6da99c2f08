"""`harness leaderboard --suites`: every suite of every domain in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from harness.display.numbers import level
from harness.display.plain_text import plain
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.rendering.column_fit import (
    Column,
    Layout,
    broken_after_family,
    drawn_table,
    first_that_fits,
    stacked,
)
from harness.reports.rendering.terminal_columns import RECIPE, columns_of, sorted_column
from harness.reports.sections.transfer.table import transfer_tables
from harness.reports.tables.suite_table import SuiteTable, suite_tables

if TYPE_CHECKING:
    from rich.console import Console


def show_suites(board: Leaderboard, console: Console, *, by: str = "accuracy") -> None:
    """The tables of each domain, each followed by the reasons for its empty cells.

    Sorted by anything but the score, each table also shows this column.
    """
    from rich.text import Text

    hidden: list[str] = []
    for domain, rows in groupby(board.rows, key=lambda row: row.domain):
        of_domain = list(rows)
        tables = [*suite_tables(of_domain, board.protocol), *transfer_tables(board, of_domain)]
        if not tables:
            console.print(Text(f"{plain(domain)}: no recipe was scored"))
        for table in tables:
            if table.headings:
                hidden += _print(table, f"{domain}: {table.title}", console, beside=_sorted_by(table, board, by))
            for number, note in enumerate(table.notes, start=1):
                console.print(Text(f"({number}) {plain(note)}"))
            if table.unasked:
                console.print(Text(f"no questions on this domain: {plain('; '.join(table.unasked))}"))
            console.print()
    console.print(Text(f"{level(board.protocol.confidence)} intervals in brackets.", style="dim"))
    if hidden:
        names = "; ".join(dict.fromkeys(hidden))
        console.print(Text(f"Left out for width: {names}. A wider terminal shows more, --json all.", style="dim"))


def _sorted_by(table: SuiteTable, board: Leaderboard, by: str) -> dict[str, Column]:
    """The column of the board that shows what the rows are sorted by; nothing for the score, which is a suite."""
    if by == "accuracy":
        return {}
    rows = [row for row, _ in table.rows]
    name = sorted_column(board, by)
    return {name: columns_of(rows, [""] * len(rows), board, by=by, ascii_only=True)[name]}


def _print(table: SuiteTable, title: str, console: Console, *, beside: Mapping[str, Column]) -> list[str]:
    """Print as many columns as fit; return the names of the others. Further metrics go first, then the last suites."""
    from rich.text import Text

    keys = list(map(str, range(len(table.headings))))  # two suites may have one heading
    names = [Text(plain(row.row_id)) for row, _ in table.rows]
    columns = {RECIPE: Column(names, short=broken_after_family(names)), **beside}
    for place, (key, heading) in enumerate(zip(keys, table.headings, strict=True)):
        cells = [Text(plain(cells[place])) for _, cells in table.rows]
        columns[key] = Column(cells, short=list(map(stacked, cells)), right=True, heading="\n".join(heading.lines))
    further = [key for key, heading in zip(keys, table.headings, strict=True) if len(heading.lines) == 1]
    own = [key for key in keys if key not in further]
    layout = first_that_fits(columns, _layouts(columns, further, own), console.width)
    console.print(drawn_table(columns, layout, width=console.width, title=plain(title)))
    return [
        heading.suite if len(heading.lines) > 1 else f"{heading.suite} {heading.lines[0].removesuffix(', %')}"
        for heading, key in zip(table.headings, keys, strict=True)
        if key not in layout.shown
    ]


def _layouts(columns: Mapping[str, Column], further: Sequence[str], own: Sequence[str]) -> Iterator[Layout]:
    """Fewer further metrics, then intervals below their values, then fewer suites."""
    names = list(columns)
    for count in range(len(further) + 1):
        dropped = further[len(further) - count :]
        yield Layout(tuple(name for name in names if name not in dropped))
    for count in range(max(1, len(own))):
        dropped = [*further, *own[len(own) - count :]]
        shown = tuple(name for name in names if name not in dropped)
        yield Layout(shown, frozenset((RECIPE,)))
        yield Layout(shown, frozenset(shown))
