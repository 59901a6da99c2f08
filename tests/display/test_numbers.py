from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.display.numbers import byte_size, count, duration, level, megabytes, money, percent, points

UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "": 1, "K": 1e3, "M": 1e6}


def read(text: str) -> float:
    number, _, unit = text.replace(",", "").partition(" ")
    return float(number) * UNITS[unit]


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (0.7123, 0.671, 0.7525, "71.2 [67.1, 75.2]"),
        (0.0, None, None, "0.0"),
        (1.0, 0.9, 1.0, "100.0 [90.0, 100.0]"),
        (None, None, None, "—"),
    ],
)
def test_shares_are_written_in_per_cent(
    value: float | None, low: float | None, high: float | None, expected: str
) -> None:
    assert percent(value, low, high) == expected


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (0.123, 0.091, 0.154, "+12.3 [+9.1, +15.4]"),
        (-0.02, -0.05, 0.01, "-2.0 [-5.0, +1.0]"),
        (-0.0001, None, None, "0.0"),
        (None, None, None, "—"),
    ],
)
def test_differences_are_signed_points(
    value: float | None, low: float | None, high: float | None, expected: str
) -> None:
    assert points(value, low, high) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (0.4238, "0.42 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.7, "1 h 00 min"),
        (4320, "1 h 12 min"),
        (None, "—"),
    ],
)
def test_durations_read_as_people_say_them(seconds: float | None, expected: str) -> None:
    assert duration(seconds) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(0, "0"), (0.00310, "0.0031"), (0.0999, "0.100"), (1.2, "1.20"), (99.6, "100"), (1234.5, "1,234"), (None, "—")],
)
def test_money_keeps_two_digits_that_count(amount: float | None, expected: str) -> None:
    assert money(amount) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "0"),
        (812, "812"),
        (21_000, "21.0 K"),
        (4_884_480, "4.88 M"),
        (134_515_008, "135 M"),
        (7_615_616_512, "7.62 B"),
    ],
)
def test_counts_have_three_digits(number: int, expected: str) -> None:
    assert count(number) == expected


@pytest.mark.parametrize(
    ("mb", "expected"), [(812.4, "812 MB"), (1840.2, "1.84 GB"), (999.6, "1.00 GB"), (0.5, "0.50 MB"), (None, "—")]
)
def test_memory_changes_to_gb_at_a_thousand(mb: float | None, expected: str) -> None:
    assert megabytes(mb) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.95, "95 %"), (0.999, "99.9 %"), (0.9, "90 %")])
def test_a_level_is_a_per_cent(share: float, expected: str) -> None:
    assert level(share) == expected


@given(st.integers(0, 10**12))
def test_sizes_read_back_within_half_a_per_cent(size: int) -> None:
    assert read(byte_size(size)) == pytest.approx(size, rel=0.0051)


@given(st.integers(0, 999_000_000))
def test_counts_read_back_within_half_a_per_cent(number: int) -> None:
    assert read(count(number)) == pytest.approx(number, rel=0.0051)


@given(st.floats(1e-9, 1e6))
def test_money_reads_back_within_five_per_cent(amount: float) -> None:
    assert read(money(amount)) == pytest.approx(amount, rel=0.051)


@given(st.floats(0.5, 1e6))
def test_durations_are_never_off_by_more_than_their_last_unit(seconds: float) -> None:
    units = {"s": 1, "min": 60, "h": 3600}
    text = duration(seconds)
    found = sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+) (s|min|h)", text))
    assert abs(found - seconds) <= (30.01 if "h" in text else 0.51)
