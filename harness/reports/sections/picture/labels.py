"""Where the names beside the points of a chart go, so that they cover neither points nor each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

CHARACTER, LINE = 6.2, 13.0
"""Size of a character of the labels, in units of the drawing."""
CLEAR = 7.0
"""Distance of a label from its point."""


class Box(NamedTuple):
    """A rectangle: x grows to the right, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two cover a common place."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


class Label(NamedTuple):
    """A name and where its text begins or ends."""

    text: str
    x: float
    y: float
    """Of the baseline."""
    anchor: str
    """`start`, `middle` or `end`."""


def placed(
    names: Sequence[tuple[str, float, float]], points: Sequence[tuple[float, float]], *, within: Box
) -> list[Label]:
    """A label for each (name, x, y) that has room right, left, above or below its point; the first names go first.

    `points`: all points of the chart, which labels must not cover.
    """
    taken = [Box(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    found = []
    for name, x, y in names:
        wide = CHARACTER * len(name)
        for dx, dy, anchor in ((CLEAR, 4, "start"), (-CLEAR, 4, "end"), (0, -9, "middle"), (0, 17, "middle")):
            left = x + dx - wide * {"start": 0, "middle": 0.5, "end": 1}[anchor]
            box = Box(left, y + dy - LINE + 3, left + wide, y + dy + 3)
            inside = within.left <= box.left and box.right <= within.right
            inside = inside and within.top <= box.top and box.bottom <= within.bottom
            if inside and not any(box.meets(other) for other in taken):
                taken.append(box)
                found.append(Label(name, x + dx, y + dy, anchor))
                break
    return found
