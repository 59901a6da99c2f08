"""Holm's correction of p-values for several comparisons."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjusted p-values in the order given (Holm 1979).

    If every adjusted p-value below alpha counts as a finding, the chance of one false finding or more is at most alpha.
    The smallest of m p-values is multiplied by m, the next by m - 1, and so on; an adjusted value is never below that
    of a smaller p-value, and at most 1. This also holds for dependent comparisons, such as several with one reference.
    A null was not tested and does not count in m.
    """
    tested = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for i, (p, place) in enumerate(tested):
        highest = max(highest, min(1.0, (len(tested) - i) * p))
        adjusted[place] = highest
    return adjusted
