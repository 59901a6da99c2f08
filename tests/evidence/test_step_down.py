from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.contrasts import Contrast
from harness.evidence.holm import holm
from harness.evidence.step_down import step_down

NORMAL = NormalDist()
DRAWS = np.random.default_rng(0).standard_normal((12, 4000))


def p_of(statistic: float) -> float:
    return 2 * NORMAL.cdf(-abs(statistic))


def independent(statistics: list[float]) -> list[Contrast]:
    return [Contrast(one, draws) for one, draws in zip(statistics, DRAWS, strict=False)]


def test_one_difference_keeps_its_p_value() -> None:
    (p,) = step_down([Contrast(-2.0, DRAWS[0])])
    assert p == pytest.approx(p_of(2), abs=0.01)


def test_independent_differences_are_adjusted_as_by_the_product_rule() -> None:
    found = step_down(independent([2.5, 0.1, 0.0]))
    assert found[0] == pytest.approx(1 - (1 - p_of(2.5)) ** 3, abs=0.01)


def test_the_second_is_only_compared_with_what_is_left() -> None:
    found = step_down(independent([5.0, 2.0]))
    assert found[1] == pytest.approx(p_of(2), abs=0.01)


def test_differences_that_always_vary_together_need_no_correction() -> None:
    same = [Contrast(2.2, DRAWS[0])] * 10
    assert step_down(same) == pytest.approx([p_of(2.2)] * 10, abs=0.01)
    assert holm([p_of(2.2)] * 10)[0] == pytest.approx(10 * p_of(2.2))


def test_no_difference_no_p_value() -> None:
    assert step_down([]) == []


@settings(max_examples=40)
@given(st.lists(st.floats(-6, 6), min_size=1, max_size=12))
def test_a_larger_statistic_never_has_a_larger_p_value(statistics: list[float]) -> None:
    found = step_down(independent(statistics))
    by_size = [p for _, p in sorted(zip(map(abs, statistics), found, strict=True), key=lambda pair: -pair[0])]
    assert by_size == sorted(by_size)
    assert all(0 < p <= 1 for p in found)
