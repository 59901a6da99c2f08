"""The figures of continual learning, from a matrix of scores, and their intervals.

    R[i, j]: score on task j after step i. Row 0 is the model before the first step; T tasks, steps 1 to T.

                 task 1   task 2   task 3
    before        .10      .12      .08      R[0, j]
    step 1        .80      .20      .11      the diagonal is what was just learnt
    step 2        .60      .75      .15      below it: what is left of earlier tasks
    step 3        .50      .55      .90      above it: what helps with later tasks

Sources: GEM (Lopez-Paz & Ranzato 2017, arXiv 1706.08840) for average, backward and forward transfer; Chaudhry et al.
2018 (arXiv 1801.10112) for forgetting and intransigence. Forward transfer is taken to the model before the first step,
where GEM takes an untrained network.

Backward transfer alone rewards a method that learns little: show it beside the matrix and learning accuracy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.evidence.draws import Part, Table, cluster_deviations, seed_deviations, spread_of
from harness.evidence.item_scores import Floats, ItemScores
from harness.evidence.resampling import Estimate, Resampling

_STREAMS = 10
"""Random streams of seeds begin here: those of `resampling` are smaller."""

Figure = Callable[[Floats], Floats]
"""Matrices (..., T + 1, T) -> their figures (...)."""


def average(matrix: Floats) -> Floats:
    """Mean over the tasks of the score after the last step."""
    return np.asarray(matrix[..., -1, :].mean(axis=-1))


def learning_accuracy(matrix: Floats) -> Floats:
    """Mean over the tasks of the score just after the task was learnt."""
    return np.asarray(_just_learnt(matrix).mean(axis=-1))


def backward_transfer(matrix: Floats) -> Floats:
    """Mean over all tasks but the last: score after the last step minus score just after the task was learnt."""
    return np.asarray((matrix[..., -1, :-1] - _just_learnt(matrix)[..., :-1]).mean(axis=-1))


def forward_transfer(matrix: Floats) -> Floats:
    """Mean over all tasks but the first: score just before the task is learnt minus score before the first step."""
    just_before = np.diagonal(matrix[..., 1:-1, 1:], axis1=-2, axis2=-1)
    return np.asarray((just_before - matrix[..., 0, 1:]).mean(axis=-1))


def forgetting(matrix: Floats) -> Floats:
    """Mean over all tasks but the last: best score after any earlier step minus score after the last step.

    The best of several uncertain scores is too high by chance. So this figure lies above 0 even where nothing is
    forgotten; backward transfer does not.
    """
    return np.asarray((matrix[..., 1:-1, :-1].max(axis=-2) - matrix[..., -1, :-1]).mean(axis=-1))


def intransigence(matrix: Floats, bound: Floats) -> Floats:
    """Mean over the tasks: score of joint training on all tasks so far minus score just after the task was learnt.

    `bound`: the matrix of joint training.
    """
    return np.asarray((_just_learnt(bound) - _just_learnt(matrix)).mean(axis=-1))


FIGURES: dict[str, Figure] = {
    "average": average,
    "learning_accuracy": learning_accuracy,
    "backward_transfer": backward_transfer,
    "forward_transfer": forward_transfer,
    "forgetting": forgetting,
}
"""Name -> figure of one matrix."""

SHARES = frozenset({"average", "learning_accuracy"})
"""Figures that lie from 0 to 1; the others are differences, from -1 to 1."""


def _just_learnt(matrix: Floats) -> Floats:
    return np.diagonal(matrix[..., 1:, :], axis1=-2, axis2=-1)


@dataclass(frozen=True, eq=False)
class Resampled:
    """Scores of several models on several tasks, and how they vary when clusters or seeds are drawn anew."""

    values: Floats
    """(models, tasks)."""
    by_cluster: Floats
    """(resamples, models, tasks): deviations when the clusters of each task are drawn anew, the same for all models."""
    by_seed: Floats
    """(resamples, models, tasks): deviations when seeds are drawn anew; models of one group share their draws."""
    clusters: int
    """Of all tasks together."""
    items: int
    seeds: tuple[int, ...]
    """Of each model."""


def resample(columns: Sequence[Sequence[ItemScores]], groups: Sequence[int], *, resampling: Resampling) -> Resampled:
    """Draw clusters and seeds anew for a whole matrix.

    Args:
        columns: for each task the scores of every model, all on the same items. A task is a stratum: its clusters are
            drawn independently of those of other tasks.
        groups: for each model the number of its recipe. The steps of one recipe with one seed stand on each other, so
            seeds are drawn for a recipe and not for a step.
        resampling: how often.
    """
    draws = resampling.resamples
    shape = (draws, len(groups), len(columns))
    values, by_cluster, by_seed = np.empty(shape[1:]), np.empty(shape), np.zeros(shape)
    clusters = items = 0
    for place, scores in enumerate(columns):
        tables = [Table.of(one) for one in scores]
        values[:, place] = [table.rates.mean() for table in tables]
        found = cluster_deviations(tables, resamples=draws, seed=resampling.seed + 1 + place)
        by_cluster[:, :, place] = found.T
        for model, (table, group) in enumerate(zip(tables, groups, strict=True)):
            by_seed[:, model, place] = seed_deviations(
                table, resamples=draws, seed=resampling.seed, stream=_STREAMS + group
            )
        clusters, items = clusters + tables[0].clusters, items + scores[0].n
    seeds = tuple(one.seeds for one in columns[0])
    return Resampled(values, by_cluster, by_seed, clusters=clusters, items=items, seeds=seeds)


def estimate(
    scores: Resampled, figure: Figure, models: Sequence[int], *, resampling: Resampling, share: bool = False
) -> Estimate:
    """A figure of the rows `models` of the scores, with its percentile interval (`resampling.py` explains how).

    `figure` gets arrays (..., len(models), tasks). The interval of a difference that is 0 in all resamples is 0 wide.
    """
    rows = list(models)
    value = float(figure(scores.values[rows]))
    parts = [
        Part(figure(scores.values[rows] + deviations[:, rows]) - value, units=units)
        for deviations, units in (
            (scores.by_cluster, scores.clusters),
            (scores.by_seed, min((scores.seeds[row] for row in rows if scores.seeds[row] > 1), default=1)),
        )
    ]
    spread = spread_of(parts, seed=resampling.seed)
    low = high = value
    if spread is not None:
        tail = (1 - resampling.confidence) / 2
        limits = (0.0, 1.0) if share else (-1.0, 1.0)
        low, high = np.quantile(value + spread.deviations, [tail, 1 - tail]).clip(*limits).tolist()
    error = spread.error if spread else 0.0
    return Estimate(value, low, high, error, n=scores.items, clusters=scores.clusters)


def figures(
    scores: Resampled,
    rows: Sequence[int | None],
    *,
    bound: Sequence[int] | None = None,
    resampling: Resampling,
) -> Mapping[str, Estimate | None]:
    """All figures of one recipe.

    Args:
        scores: those of the whole sequence.
        rows: places in `scores` of the model before the first step (null: not measured) and of each step.
        bound: places of joint training after each step; null: not measured.
        resampling: how intervals are computed.

    Returns:
        Name -> estimate; null where what it needs was not measured.
    """
    before, *steps = rows
    known = [row for row in steps if row is not None]
    found: dict[str, Estimate | None] = {}
    for name, figure in FIGURES.items():
        if name == "forward_transfer" and before is None:
            found[name] = None
            continue
        places = [known[0] if before is None else before, *known]  # without a row 0, any row: the figure ignores it
        found[name] = estimate(scores, figure, places, resampling=resampling, share=name in SHARES)
    found["intransigence"] = None
    if bound is not None:
        found["intransigence"] = estimate(scores, _against_bound, [*known, *bound], resampling=resampling)
    return found


def difference(
    scores: Resampled, rows: Sequence[int], others: Sequence[int], figure: Figure, *, resampling: Resampling
) -> Estimate:
    """A figure of one recipe minus that of another one, paired by item; `rows` and `others` are the places of steps."""

    def both(matrix: Floats) -> Floats:
        first, second = _halves(matrix)
        return figure(first) - figure(second)

    return estimate(scores, both, [*rows, *others], resampling=resampling)


def _against_bound(matrix: Floats) -> Floats:
    steps, bound = _halves(matrix)
    return intransigence(steps, bound)


def _halves(matrix: Floats) -> tuple[Floats, Floats]:
    """Two matrices without row 0, stacked, as two matrices with one; their figures must not read that row."""
    half = matrix.shape[-2] // 2
    first, second = matrix[..., :half, :], matrix[..., half:, :]
    return tuple(np.concatenate([part[..., :1, :], part], axis=-2) for part in (first, second))  # type: ignore[return-value]
