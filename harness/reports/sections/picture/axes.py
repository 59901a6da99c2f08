"""The axis of a chart: linear or logarithmic, with round ticks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LOG_FROM = 12.0
"""Positive values whose largest is so many times the smallest stand on a logarithmic axis."""
PADDING = 0.06
"""Empty share of the axis at each end."""


@dataclass(frozen=True)
class Axis:
    """Where values stand between 0 and 1."""

    low: float
    """The lower end; its logarithm on a logarithmic axis."""
    high: float
    log: bool

    @classmethod
    def of(cls, values: Sequence[float], *, log: bool | None = None) -> Axis:
        """An axis that shows all values. `log`: null lets the values decide."""
        least, most = min(values), max(values)
        logarithmic = least > 0 and most / least >= LOG_FROM if log is None else log
        low, high = (math.log10(least), math.log10(most)) if logarithmic else (least, most)
        spread = (high - low) or (0.5 if logarithmic else abs(high) or 1.0)
        return cls(low - PADDING * spread, high + PADDING * spread, logarithmic)

    def place(self, value: float) -> float:
        """Where the value stands: 0 at the lower end, 1 at the upper end."""
        return ((math.log10(value) if self.log else value) - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Round values on the axis, about five."""
        if self.log:
            return _log_ticks(self.low, self.high)
        step = 10 ** math.floor(math.log10((self.high - self.low) / 5))
        step *= next(factor for factor in (1, 2, 5, 10) if (self.high - self.low) / (step * factor) <= 6.5)
        first = math.ceil(self.low / step)
        return [round(i * step, 12) for i in range(first, math.floor(self.high / step) + 1)]


def tick_text(value: float) -> str:
    """`0.0005`, `12`, `2,000`: at most three significant digits, without an exponent."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _log_ticks(low: float, high: float) -> list[float]:
    for factors in ((1, 2, 5), (1, 3), (1,)):
        found = [
            float(f"{factor}e{power}")
            for power in range(math.floor(low), math.ceil(high) + 1)
            for factor in factors
            if low <= math.log10(factor) + power <= high
        ]
        if len(found) <= 7:
            break
    return found
