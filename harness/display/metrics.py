"""How the value of a metric is written, by its unit."""

from __future__ import annotations

from typing import Literal

from harness.display.numbers import UNKNOWN, percent, points

Unit = Literal["share", "nats", "score"]
"""`share`: from 0 to 1, written in per cent. `nats`: natural logarithms of probabilities. `score`: a plain number."""

DIGITS = {"nats": 3, "score": 2}
"""Unit -> digits after the decimal point; shares are written in tenths of a per cent."""


def metric_heading(name: str, unit: Unit) -> str:
    """`token_f1, %`, `kl_to_base, nats`, `auc`."""
    suffix = {"share": ", %", "nats": ", nats", "score": ""}[unit]
    return name + suffix


def interval_text(
    value: float | None, low: float | None, high: float | None, *, unit: Unit, signed: bool = False
) -> str:
    """A value with its interval: `71.2 [67.1, 75.2]`, `+0.160 [+0.121, +0.199]`."""
    if unit == "share":
        return points(value, low, high) if signed else percent(value, low, high)
    text = metric_text(value, unit, signed=signed)
    if value is None or low is None or high is None:
        return text
    return f"{text} [{metric_text(low, unit, signed=signed)}, {metric_text(high, unit, signed=signed)}]"


def metric_text(value: float | None, unit: Unit, *, signed: bool) -> str:
    """`71.2`, `0.64`, `+0.031`."""
    if value is None:
        return UNKNOWN
    if unit == "share":
        return points(value) if signed else percent(value)
    return f"{value:+.{DIGITS[unit]}f}" if signed else f"{value:.{DIGITS[unit]}f}"
