"""Which rows of a picture are dominated: another row is at least as good on both axes, and better on one."""

from __future__ import annotations

from harness.reports.sections.picture.measures import Measure


def dominated(first: Measure, second: Measure) -> list[bool]:
    """One per row. A row without both figures, or with figures that do not compare, is not dominated and dominates
    none. Rows with equal figures do not dominate each other."""
    signs = [1 if measure.better == "higher" else -1 for measure in (first, second)]
    points = []
    for x, y in zip(first.readings, second.readings, strict=True):
        known = x is not None and y is not None and x.compares and y.compares
        points.append((signs[0] * x.value, signs[1] * y.value) if known and x and y else None)
    return [point is not None and any(_dominates(other, point) for other in points if other) for point in points]


def _dominates(other: tuple[float, float], point: tuple[float, float]) -> bool:
    return other != point and other[0] >= point[0] and other[1] >= point[1]
