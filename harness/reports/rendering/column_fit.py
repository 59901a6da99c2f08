"""Which columns of a table fit into a terminal, and how wide they may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

WRAPS = {"recipe": 18, "score": 19}
"""Columns whose text may wrap -> the width to which they may shrink."""
STACKED_WRAPS = {"recipe": 18, "score": 13, "to reference": 20}
"""The same when intervals are printed below their values."""


def layout(
    columns: Mapping[str, list[Text]], dropped: Sequence[str], width: int, *, wraps: Mapping[str, int]
) -> tuple[list[str], list[int]]:
    """The columns that fit and their widths, left out in the order of `dropped`. If nothing fits: two empty lists."""
    for count_ in range(len(dropped) + 1):
        shown = [name for name in columns if name not in dropped[:count_]]
        widest = [_widest(name, columns[name]) for name in shown]
        widths = fit(shown, widest, width, wraps=wraps)
        if widths is not None:
            return shown, widths
    return [], []


def _widest(heading: str, cells: Sequence[Text]) -> int:
    """Width of the longest line in the heading and the cells: lines are not broken further."""
    return max(*map(len, heading.split("\n")), *(line.cell_len for cell in cells for line in cell.split()))


def stacked(cell: Text) -> Text:
    """The cell with its interval on a line below the value."""
    value, bracket, _ = cell.plain.partition(" [")
    if not bracket or not value.replace(".", "").isdigit():
        return cell
    split = cell.divide([len(value), len(value) + 1])
    return split[0].append("\n").append_text(split[2])


def fit(
    names: Sequence[str], widest: Sequence[int], width: int, *, wraps: Mapping[str, int] = WRAPS
) -> list[int] | None:
    """Width of each column such that only words wrap; null if a column must be left out. Three columns always stay."""
    least = [min(wide, wraps.get(name, wide)) for name, wide in zip(names, widest, strict=True)]
    spare = width - sum(least) - 3 * len(least) - 1  # a border and two blanks for each column
    if spare < 0 and len(least) > 3:
        return None
    for i, wide in enumerate(widest):
        grow = max(0, min(spare, wide - least[i]))
        least[i] += grow
        spare -= grow
    return least
