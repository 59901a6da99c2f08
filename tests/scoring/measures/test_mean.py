from __future__ import annotations

from harness.records.run_record import Metric
from harness.scoring.measures.mean import mean


def test_the_mean_comes_with_the_number_of_its_values() -> None:
    assert mean([1.0, 0.0, 0.5, 0.5]) == Metric(value=0.5, n=4)


def test_the_mean_of_no_values_is_not_measured() -> None:
    assert mean([]) == Metric(value=None, n=0)
