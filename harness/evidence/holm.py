"""Holm's correction: how surprising is each of several comparisons, given that there are several?"""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjusted p-values in the order given; below alpha, the family-wise error is at most alpha (Holm 1979).

    The smallest is multiplied by m, the next by m - 1, ..., none may be below one that was smaller; at most 1. It holds
    for dependent comparisons, as those against one reference are. A null was not tested and is not counted in m.
    """
    tested = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for i, (p, place) in enumerate(tested):
        highest = max(highest, min(1.0, (len(tested) - i) * p))
        adjusted[place] = highest
    return adjusted
