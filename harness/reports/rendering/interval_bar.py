"""A value and its interval drawn in one line of text, on a scale from 0 to 100 %."""

from __future__ import annotations

LEAST, MOST = 8, 20
"""Narrowest and widest drawing, in characters."""
SCALE = "0  100 %"
"""The heading of a column of bars."""


def interval_bar(value: float | None, low: float | None, high: float | None, *, width: int, plain: bool) -> str:
    """`         ──●─   `: the value between the ends of its interval; empty without a value.

    Args:
        value: a share; the drawing ends at 0 and 1.
        low: lower end of the interval; null where there is none.
        high: upper end.
        width: in characters.
        plain: use ASCII, for terminals without other characters.
    """
    if value is None:
        return ""
    line, dot = ("-", "o") if plain else ("─", "●")
    cells = [" "] * width
    for place in range(_cell(value if low is None else low, width), _cell(value if high is None else high, width) + 1):
        cells[place] = line
    cells[_cell(value, width)] = dot
    return "".join(cells)


def _cell(share: float, width: int) -> int:
    return min(width - 1, max(0, int(share * width)))
