"""Accuracy that does not reward knowing which answer is frequent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from harness.scoring.contract import Sample


def balanced_accuracy(samples: Sequence[Sample]) -> float:
    """Mean over the gold answers of the share answered rightly."""
    groups: dict[str, list[float]] = defaultdict(list)
    for sample in samples:
        groups[sample.gold].append(sample.correct)
    return sum(sum(group) / len(group) for group in groups.values()) / len(groups)
