"""`harness leaderboard --suites`: every suite of every domain in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from harness.display.numbers import level
from harness.display.plain_text import plain
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.rendering.column_fit import WRAPS, layout, stacked
from harness.reports.rendering.terminal import MONEY, SORTED, cells_of
from harness.reports.sections.transfer_table import transfer_tables
from harness.reports.tables.suite_table import SuiteTable, suite_tables

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def show_suites(board: Leaderboard, console: Console, *, sorting: str = "score") -> None:
    """The tables of each domain, each followed by the reasons for its empty cells.

    Sorted by another column than the score, each table also shows this column.
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
                hidden += _print(table, f"{domain}: {table.title}", console, beside=_sorted_by(board, sorting))
            for number, note in enumerate(table.notes, start=1):
                console.print(Text(f"({number}) {plain(note)}"))
            if table.unasked:
                console.print(Text(f"no questions on this domain: {plain('; '.join(table.unasked))}"))
            console.print()
    console.print(Text(f"{level(board.protocol.confidence)} intervals in brackets", style="dim"))
    if hidden:
        names = ", ".join(dict.fromkeys(hidden))
        console.print(Text(f"left out for width: {names} (--json has all)", style="dim"))


def _sorted_by(board: Leaderboard, sorting: str) -> dict[str, Callable[[Row], Text]]:
    """The column of the board that `sorting` reads; nothing for the score, which is one of the suites."""
    if sorting == "score":
        return {}
    currency = board.protocol.prices.currency
    name = SORTED[sorting].replace(MONEY, currency)
    return {name: cells_of(currency)[name]}


def _print(
    table: SuiteTable, title: str, console: Console, *, beside: Mapping[str, Callable[[Row], Text]]
) -> list[str]:
    """Print as many columns as fit; return the names of the others. Further metrics go first, then the last suites."""
    from rich.table import Table
    from rich.text import Text

    headings = _distinct(["\n".join(heading.lines) for heading in table.headings])
    columns = {"recipe": [Text(plain(row.row_id)) for row, _ in table.rows]}
    columns |= {name: [cell(row) for row, _ in table.rows] for name, cell in beside.items()}
    for place, heading in enumerate(headings):
        columns[heading] = [Text(plain(cells[place])) for _, cells in table.rows]
    lines = {text: heading.lines for text, heading in zip(headings, table.headings, strict=True)}
    further = [text for text in headings[::-1] if len(lines[text]) == 1]
    shown, widths = layout(columns, further, console.width, wraps=WRAPS)
    if not shown:
        columns |= {heading: list(map(stacked, columns[heading])) for heading in headings}
        own = [text for text in headings[1:][::-1] if text not in further]
        shown, widths = layout(columns, [*further, *own], console.width, wraps=WRAPS)
    drawn = Table(title=plain(title), title_justify="left", title_style="bold", header_style="bold")
    for heading, width in zip(shown, widths, strict=True):
        drawn.add_column(heading, width=width, overflow="fold", justify="left" if heading == "recipe" else "right")
    for i in range(len(table.rows)):
        drawn.add_row(*(columns[heading][i] for heading in shown))
    console.print(drawn)
    return [
        heading.suite if len(heading.lines) > 1 else f"{heading.suite} {heading.lines[0].removesuffix(', %')}"
        for heading, text in zip(table.headings, headings, strict=True)
        if text not in shown
    ]


def _distinct(headings: list[str]) -> list[str]:
    """Headings made unique by invisible characters: columns are found by heading, and suites may share a metric."""
    return [text + "\u200b" * headings[:place].count(text) for place, text in enumerate(headings)]
