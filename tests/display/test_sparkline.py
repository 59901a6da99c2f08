from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from harness.display.sparkline import BARS, sparkline


def test_a_falling_curve_falls() -> None:
    assert sparkline([8, 7, 6, 5, 4, 3, 2, 1]) == BARS[::-1]
    assert sparkline([2.0, 2.0]) == "▅▅"
    assert sparkline([1.0, math.nan, 2.0]) == "▁ █"


@given(st.lists(st.floats(), max_size=200), st.integers(1, 50))
def test_it_is_never_wider_than_asked(values: list[float], width: int) -> None:
    text = sparkline(values, width=width)
    assert len(text) <= width
    assert set(text) <= set(BARS) | {" "}
