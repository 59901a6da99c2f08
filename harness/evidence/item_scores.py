"""The input of all statistics: the score of one recipe on each item, for each training seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ItemScores:
    """The scores of one recipe on one suite."""

    items: tuple[str, ...]
    """Unique item ids, by which two recipes are paired."""
    clusters: tuple[str, ...]
    """The cluster of each item: items of one origin share a cluster and are resampled together."""
    groups: tuple[str, ...]
    """The group of each item: the metric is the mean over groups of the mean of each group. A plain mean has one group;
    balanced accuracy has one per gold class."""
    correct: Floats
    """(seeds, items): 1.0 is right, 0.0 is wrong; grades lie between."""
    limits: tuple[float, float] = (0.0, 1.0)
    """The range of the metric: from 0 to 1 for shares, infinite for a metric in nats."""
    shares: bool = True
    """Whether the score of each item lies from 0 to 1. False for measured amounts, and for the influence of an item on
    the AUC, which may lie outside although the AUC itself does not."""

    def __post_init__(self) -> None:
        """Check shapes and values.

        Raises:
            DataError: lengths differ, an item occurs twice, there is no score, or a score is not finite; also if scores
                are shares and one is outside [0, 1].
        """
        n = len(self.items)
        if self.correct.ndim != 2 or self.correct.shape[1] != n or not len(self.clusters) == len(self.groups) == n:
            raise DataError(f"the scores have shape {self.correct.shape} for {n} items, expected (seeds, {n})")
        if not self.correct.size:
            raise DataError("there are no scores: no item was sampled")
        if len(set(self.items)) != n:
            raise DataError("an item occurs twice")
        if self.shares and not ((self.correct >= 0) & (self.correct <= 1)).all():
            raise DataError("a score is not a number from 0 to 1")
        if not np.isfinite(self.correct).all():
            raise DataError("a score is not a finite number")

    @property
    def seeds(self) -> int:
        """Number of training seeds."""
        return int(self.correct.shape[0])

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self.items)

    @cached_property
    def value(self) -> float:
        """The metric over all seeds: the mean over groups of the mean of each group."""
        return float(np.mean([self.correct[:, members].mean() for members in _members(self.groups).values()]))

    def restricted_to(self, items: Sequence[str]) -> ItemScores:
        """The scores of these items only, in this order."""
        place = {item: i for i, item in enumerate(self.items)}
        index = [place[item] for item in items]
        return replace(
            self,
            items=tuple(items),
            clusters=tuple(self.clusters[i] for i in index),
            groups=tuple(self.groups[i] for i in index),
            correct=self.correct[:, index],
        )


def paired(scores: ItemScores, reference: ItemScores) -> tuple[ItemScores, ItemScores]:
    """Both restricted to the items that both have, in the order of `scores`.

    Raises:
        DataError: they have no item in common, or an item's cluster or gold class differs between them.
    """
    known = set(reference.items)
    common = [item for item in scores.items if item in known]
    if not common:
        raise DataError("two runs without a common item cannot be compared")
    left, right = scores.restricted_to(common), reference.restricted_to(common)
    if left.clusters != right.clusters or left.groups != right.groups:
        raise DataError("the same items have different clusters or gold answers: the runs saw different data")
    return left, right


def _members(names: Sequence[str]) -> dict[str, list[int]]:
    members: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        members.setdefault(name, []).append(i)
    return members
