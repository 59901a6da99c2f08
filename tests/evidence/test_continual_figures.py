"""The figures of continual learning on a matrix made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from harness.evidence import continual
from harness.evidence.continual import difference, figures, resample
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Resampling

R = np.array([[0.1, 0.2, 0.0], [0.8, 0.3, 0.1], [0.9, 0.7, 0.2], [0.5, 0.6, 0.9]])
"""Before, then after each of three steps."""
JOINT = np.array([[0.0, 0.0, 0.0], [0.8, 0.0, 0.0], [0.0, 0.9, 0.0], [0.7, 0.8, 1.0]])
RESAMPLING = Resampling(resamples=2000)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("average", (0.5 + 0.6 + 0.9) / 3),
        ("learning_accuracy", (0.8 + 0.7 + 0.9) / 3),
        ("backward_transfer", ((0.5 - 0.8) + (0.6 - 0.7)) / 2),
        ("forward_transfer", ((0.3 - 0.2) + (0.2 - 0.0)) / 2),  # after step 1 on task 2, after step 2 on task 3
        ("forgetting", ((0.9 - 0.5) + (0.7 - 0.6)) / 2),  # task 1 was best after step 2
    ],
)
def test_a_figure_is_what_one_computes_by_hand(name: str, expected: float) -> None:
    figure = continual.FIGURES[name]
    assert float(figure(R)) == pytest.approx(expected)
    assert figure(np.stack([R, R])) == pytest.approx([expected, expected])  # of many resampled matrices at once


def test_intransigence_compares_with_joint_training_up_to_the_same_step() -> None:
    expected = ((0.8 - 0.8) + (0.9 - 0.7) + (1.0 - 0.9)) / 3
    assert float(continual.intransigence(R, JOINT)) == pytest.approx(expected)


def scores(rate: float, *, task: int, count: int = 120, seeds: int = 1) -> ItemScores:
    """The first items are right. Two models differ on the items between their rates alone."""
    right = (np.arange(count) < round(rate * count)).astype(float)
    names = tuple(f"{task}-{place}" for place in range(count))
    return ItemScores(names, names, ("",) * count, np.tile(right, (seeds, 1)))


def matrix_of(*models: np.ndarray) -> list[list[ItemScores]]:
    rows = np.concatenate(models)
    return [[scores(row[task], task=task) for row in rows] for task in range(3)]


def test_estimates_have_the_values_of_the_matrix_and_intervals_around_them() -> None:
    drawn = resample(matrix_of(R, JOINT[1:]), [0, 1, 1, 1, 2, 2, 2], resampling=RESAMPLING)
    found = figures(drawn, [0, 1, 2, 3], bound=[4, 5, 6], resampling=RESAMPLING)
    for name, figure in continual.FIGURES.items():
        one = found[name]
        assert one is not None
        assert one.value == pytest.approx(float(figure(R)), abs=1e-9)
        assert one.low is not None
        assert one.high is not None
        assert one.low < one.value < one.high
        assert (one.n, one.clusters) == (360, 360)
    against = found["intransigence"]
    assert against is not None
    assert against.value == pytest.approx(float(continual.intransigence(R, JOINT)))
    backward = found["backward_transfer"]
    assert backward is not None
    assert backward.high is not None
    assert backward.high < 0


def test_without_the_untrained_model_or_joint_training_their_figures_are_missing() -> None:
    drawn = resample(matrix_of(R[1:]), [1, 1, 1], resampling=RESAMPLING)
    found = figures(drawn, [None, 0, 1, 2], resampling=RESAMPLING)
    assert found["forward_transfer"] is None
    assert found["intransigence"] is None
    average = found["average"]
    assert average is not None
    assert average.value == pytest.approx((0.5 + 0.6 + 0.9) / 3)


def test_a_difference_is_paired_by_item() -> None:
    better = R.copy()
    better[3, 0] = 0.6
    drawn = resample(matrix_of(R[1:], better[1:]), [1, 1, 1, 2, 2, 2], resampling=RESAMPLING)
    found = difference(drawn, [3, 4, 5], [0, 1, 2], continual.backward_transfer, resampling=RESAMPLING)
    assert found.value == pytest.approx(0.1 / 2)
    assert found.low is not None
    assert found.low > 0
    same = difference(drawn, [0, 1, 2], [0, 1, 2], continual.average, resampling=RESAMPLING)
    assert (same.low, same.value, same.high) == (0.0, 0.0, 0.0)


def test_seeds_that_differ_widen_the_interval() -> None:
    rows = [R[1:], R[1:]]
    one = resample(matrix_of(*rows), [1] * 3 + [1] * 3, resampling=RESAMPLING)
    columns = matrix_of(*rows)
    uneven = [
        [
            ItemScores(s.items, s.clusters, s.groups, np.stack([s.correct[0], np.roll(s.correct[0], 7) * (k % 2)]))
            for k, s in enumerate(column)
        ]
        for column in columns
    ]
    two = resample(uneven, [1] * 6, resampling=RESAMPLING)
    assert not one.by_seed.any()
    assert two.by_seed[:, 0].any()
