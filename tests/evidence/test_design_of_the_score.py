"""What the held-out items of the shipped domains can tell, by simulation with the shipped settings."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import numpy as np
import pytest

from harness.config.project import Project
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Resampling, difference_interval
from harness.evidence.verdict import detectable_difference

ROOT = Path(__file__).parents[2]
REFERENCE, ROWS = 0.21, (0.755, 0.73, 0.715, 0.685, 0.665, 0.615, 0.57, 0.52)
"""Accuracies that were measured on hs_products: the base model without training, and rows of recipes."""


def detectable(row: float, *, items: int, clusters: int, alike: float = 0.0) -> float:
    """The detectable difference between a row and the reference, whose answers are independent of each other.

    `alike`: chance that an item of a cluster has the answer of the cluster's first item.
    """
    random = np.random.default_rng(round(1000 * row))
    names = [str(place % clusters) for place in range(items)]
    sides = []
    for share in (row, REFERENCE):
        right = random.random(items) < share
        first = dict(zip(reversed(names), right[::-1], strict=True))
        shared = random.random(items) < alike
        answers = [first[name] if same else own for name, own, same in zip(names, right, shared, strict=True)]
        ids = tuple(map(str, range(items)))
        scores = np.array([answers], dtype=float)
        sides.append(ItemScores(items=ids, clusters=tuple(names), groups=("",) * items, correct=scores))
    estimate = difference_interval(*sides, resampling=Resampling(resamples=1000))
    found = detectable_difference(estimate, confidence=0.95)
    assert found is not None
    return found


def test_the_cpu_profile_tells_rows_apart_that_differ_by_ten_points() -> None:
    project = Project(ROOT)
    asked = project.params.scoring.items_of["classification"]
    for domain in ("hs_products", "icd10"):
        splits = project.domain(domain).splits
        assert splits.per_cluster == 1
        assert splits.test >= asked
    found = [detectable(row, items=asked, clusters=asked) for row in ROWS]
    assert median(found) <= 0.10
    assert max(found) <= 0.105


def test_several_items_of_few_clusters_tell_less_than_one_item_of_each_of_more_clusters() -> None:
    few = median(detectable(row, items=200, clusters=119, alike=0.5) for row in ROWS)
    many = median(detectable(row, items=200, clusters=200) for row in ROWS)
    assert few == pytest.approx(0.15, abs=0.02)  # 15.7 points on the board
    assert many < few - 0.02
