"""How numbers are written on the boards. An unknown number is an em dash."""

from __future__ import annotations

import math

UNKNOWN = "—"


def percent(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """A share in per cent with its interval: `71.2 [67.1, 75.2]`."""
    if value is None:
        return UNKNOWN
    return f"{_tenths(100 * value)}{_interval(low, high, sign=False)}"


def points(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """A difference of shares in percentage points, signed: `+12.3 [+9.1, +15.4]`."""
    if value is None:
        return UNKNOWN
    return f"{_tenths(100 * value, sign=True)}{_interval(low, high, sign=True)}"


def place_text(first: int, last: int, *, may_be_best: bool) -> str:
    """`best`, `may be best`, `3rd`, `15th to 22nd`: the place on a board, as far as it is known."""
    if may_be_best:
        return "best" if last == 1 else "may be best"
    return ordinal(first) if first == last else f"{ordinal(first)} to {ordinal(last)}"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `4th`, `11th`, `21st`."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def whole_percent(share: float | None) -> str:
    """`61 %`, `< 1 %`; 0 and 100 are only written for shares of exactly 0 and 1."""
    return UNKNOWN if share is None else f"{_whole_percent(share)} %"


def p_text(p: float | None) -> str:
    """`0.032`, `< 0.0001`: two significant digits."""
    if p is None:
        return UNKNOWN
    return "< 0.0001" if p < 1e-4 else _digits(p, 2)


def level(confidence: float) -> str:
    """`95 %`."""
    return f"{round(100 * confidence, 6):g} %"


def megabytes(mb: float | None) -> str:
    """`812 MB`, `1.84 GB`; MB are 10^6 bytes."""
    if mb is None:
        return UNKNOWN
    if mb < 999.5:
        return f"{_digits(mb, 3 if mb >= 1 else 2)} MB"
    return f"{_digits(mb / 1000, 3)} GB"


def byte_size(size: int | None) -> str:
    """`0 B`, `12.3 kB`, `4.2 MB`."""
    if size is None:
        return UNKNOWN
    return f"{size} B" if size < 1000 else f"{_digits(size / 1e3, 3)} kB" if size < 999_500 else megabytes(size / 1e6)


def duration(seconds: float | None) -> str:
    """`0.42 s`, `59 s`, `3 min 05 s`, `1 h 12 min`."""
    if seconds is None:
        return UNKNOWN
    if seconds < 9.95:
        return f"{_digits(seconds, 2)} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def money(amount: float | None) -> str:
    """At least two significant digits, however small the amount: `0.0031`, `1.20`, `123`."""
    if amount is None:
        return UNKNOWN
    if amount == 0:
        return "0"
    if abs(amount) >= 99.5:
        return f"{amount:,.0f}"
    return f"{amount:.{max(2, 1 - math.floor(math.log10(abs(amount))))}f}"


def count(number: int | None) -> str:
    """`0`, `812`, `4.88 M`, `134 M`, `7.62 B`."""
    if number is None:
        return UNKNOWN
    for unit, size in (("B", 1e9), ("M", 1e6), ("K", 1e3)):
        if number >= size * 0.9995:
            return f"{_digits(number / size, 3)} {unit}"
    return str(number)


def _whole_percent(share: float) -> str:
    if 0 < share < 0.01:
        return "< 1"
    if 0.99 < share < 1:
        return "> 99"
    return str(round(100 * share))


def _interval(low: float | None, high: float | None, *, sign: bool) -> str:
    if low is None or high is None:
        return ""
    return f" [{_tenths(100 * low, sign=sign)}, {_tenths(100 * high, sign=sign)}]"


def _tenths(value: float, *, sign: bool = False) -> str:
    rounded = round(value, 1) + 0.0  # + 0.0: no "-0.0"
    return f"{rounded:+.1f}" if sign and rounded else f"{rounded:.1f}"


def _digits(value: float, digits: int) -> str:
    """The value with `digits` significant digits, without an exponent."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits - 1}e}")
    decimals = digits - 1 - math.floor(math.log10(abs(rounded)))
    return f"{rounded:,.{max(0, decimals)}f}"
