"""Which columns of a table fit into a terminal, and how they are written so that no word is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

GAP = 2
"""Blanks between two columns."""


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    cells: Sequence[Text]
    """One per row; a cell may have several lines."""
    short: Sequence[Text] = ()
    """The same cells in a narrower form; empty: there is none."""
    right: bool = False
    """Aligned to the right."""
    drawn: Callable[[int], Sequence[Text]] | None = None
    """Draws the cells for a width; then `cells` are drawn in the least width."""
    most: int = 0
    """The width to which a drawn column may grow."""
    heading: str | None = None
    """What stands above the column; null: its name."""

    def written(self, *, short: bool) -> Sequence[Text]:
        """The cells in the wanted form."""
        return self.short if short and self.short else self.cells


@dataclass(frozen=True)
class Layout:
    """A choice of columns: which are shown, and which of them in their short form."""

    shown: tuple[str, ...]
    short: frozenset[str] = frozenset()


def first_that_fits(columns: Mapping[str, Column], layouts: Iterable[Layout], width: int) -> Layout:
    """The first layout that is no wider than `width`; the last of them if none is.

    A column is as wide as the longest line in its heading and cells: lines are never broken.
    """
    layout = Layout(())
    for layout in layouts:
        if _width(columns, layout) <= width:
            return layout
    return layout


def drawn_table(columns: Mapping[str, Column], layout: Layout, *, width: int, title: str) -> Table:
    """The table of a layout. Drawn columns share the blanks that are left."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(title) if title else None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, GAP - 1, 0, 0),
    )
    spare, cells = max(0, width - _width(columns, layout)), []
    for name in layout.shown:
        column = columns[name]
        written = column.written(short=name in layout.short)
        above = name if column.heading is None else column.heading
        wide = _wide(name, column, short=name in layout.short)
        if column.drawn:
            grown = min(column.most, wide + spare)
            written, spare, wide = column.drawn(grown), spare - (grown - wide), grown
        heading = Text(_spread(above, wide) if column.drawn else above)
        table.add_column(heading, width=wide, justify="right" if column.right else "left", overflow="fold")
        cells.append(written)
    for row in zip(*cells, strict=True):
        table.add_row(*row)
    return table


def broken_after_family(names: Sequence[Text]) -> list[Text]:
    """Recipes' names, the long ones on two lines: `lowresource/` and `fewshot_lora`.

    A name stays on one line if it is no longer than the longest part of a name.
    """
    from rich.text import Text

    parts = [name.divide([name.plain.find("/") + 1]) if "/" in name.plain else [name] for name in names]
    width = max((part.cell_len for of_name in parts for part in of_name), default=0)
    return [
        name if name.cell_len <= width else Text("\n").join(of_name) for name, of_name in zip(names, parts, strict=True)
    ]


def stacked(cell: Text) -> Text:
    """The cell with its interval on a line below the value."""
    from rich.text import Text

    at = cell.plain.find(" [")
    value, _, rest = cell.divide([at, at + 1]) if at > 0 else (cell, cell, cell)
    return Text("\n").join([value, rest]) if at > 0 else cell


def _width(columns: Mapping[str, Column], layout: Layout) -> int:
    wide = [_wide(name, columns[name], short=name in layout.short) for name in layout.shown]
    return sum(wide) + GAP * (len(wide) - 1)


def _wide(name: str, column: Column, *, short: bool) -> int:
    return _widest(name if column.heading is None else column.heading, column.written(short=short))


def _widest(heading: str, cells: Sequence[Text]) -> int:
    """Width of the longest line in the heading and the cells."""
    from rich.cells import cell_len

    return max(
        *(cell_len(line) for line in heading.split("\n")),
        *(line.cell_len for cell in cells for line in cell.split()),
        1,
    )


def _spread(heading: str, width: int) -> str:
    """The first word at the left end, the last at the right: the scale above a drawing."""
    left, _, right = heading.partition("  ")
    return left + right.strip().rjust(width - len(left))
