"""A curve as one line of text: `█▆▄▂▁`."""

from __future__ import annotations

import math
from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], *, width: int = 40) -> str:
    """At most `width` bars from the lowest value to the highest. A bar stands for the mean of neighbouring values; a
    space for values that are not a number. Equal values give bars in the middle."""
    size = max(1, math.ceil(len(values) / width))
    means = [_mean(values[start : start + size]) for start in range(0, len(values), size)]
    known = [mean for mean in means if mean is not None]
    if not known:
        return " " * len(means)
    low, spread = min(known), max(known) - min(known)
    return "".join(" " if mean is None else _bar((mean - low) / spread if spread else 0.5) for mean in means)


def _mean(values: Sequence[float]) -> float | None:
    known = [value for value in values if math.isfinite(value)]
    return math.fsum(known) / len(known) if known else None


def _bar(height: float) -> str:
    return BARS[min(len(BARS) - 1, int(height * len(BARS)))]
