"""The plain mean, which most metrics are."""

from __future__ import annotations

from collections.abc import Sequence

from harness.records.run_record import Metric


def mean(values: Sequence[float]) -> Metric:
    """The mean with the number of its values; null for no values."""
    return Metric(value=sum(values) / len(values) if values else None, n=len(values))
