"""From the table `samples` to the score of every item: the input of the statistics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.errors import DataError
from harness.evidence.auc import influences
from harness.evidence.item_scores import Floats, ItemScores
from harness.scoring.metric_registry import metric_spec
from harness.store.samples import again

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from harness.reports.board.measured.groups import Record

_SAME = 5e-4  # a recorded metric this close to the mean of the samples counts as that mean

_QUERY = """
    SELECT item_id, min(cluster), min(gold), list(correct ORDER BY list_position($runs, run_id)),
           count(correct) = len($runs) AND min(cluster) = max(cluster) AND min(gold) = max(gold)
    FROM samples WHERE suite = $suite AND domain = $domain AND list_contains($runs, run_id)
    GROUP BY item_id ORDER BY item_id"""


def read_items(
    connection: DuckDBPyConnection, *, runs: Sequence[str], suite: str, domain: str, metric: str
) -> ItemScores | None:
    """Item scores of several runs (the seeds of one recipe) on one suite.

    Null where there are no samples, and where the metric has no value per item.

    Raises:
        DataError: the runs have not answered the same items although they have the same protocol.
    """
    if not metric_spec(metric).per_item:
        return None
    rows = connection.execute(_QUERY, {"runs": list(runs), "suite": suite, "domain": domain}).fetchall()
    if not rows:
        return None
    where = f"samples of {', '.join(runs)}, suite {suite}"
    for item, _, _, _, complete in rows:
        if not complete:
            raise DataError(
                f'item "{item}" is missing, unscored or different in one of these runs',
                where=where,
                expected="the same items for every seed of a recipe",
                hint=again(*runs),
            )
    items, clusters, gold, correct, _ = zip(*rows, strict=True)
    try:
        return item_scores(metric, items=items, clusters=clusters, gold=gold, correct=np.array(correct, dtype=float).T)
    except DataError as error:
        raise DataError(error.what, where=where) from None


def item_scores(
    metric: str, *, items: Sequence[str], clusters: Sequence[str], gold: Sequence[str], correct: Floats
) -> ItemScores:
    """What the statistics need, as the metric is declared. `correct`: (seeds, items), that of the samples.

    Raises:
        DataError: as `ItemScores`.
    """
    spec = metric_spec(metric)
    groups = ("",) * len(gold) if spec.averaged_over == "items" else tuple(gold)
    pairs = spec.averaged_over == "pairs"
    return ItemScores(
        items=tuple(items),
        clusters=tuple(clusters),
        groups=groups,
        correct=influences(correct, groups) if pairs else correct,
        limits=(0.0, 1.0) if spec.bounded else (-math.inf, math.inf),
        shares=spec.bounded and not pairs,
    )


def scores_of(connection: DuckDBPyConnection, records: list[Record], *, domain: str) -> ItemScores | None:
    """Item scores of several runs on one suite. `records`: rows of the table `suites` with `metrics`, one per run.

    Null where the protocols differ, and where the metric is not the mean of the samples: an interval computed from the
    samples would describe another figure.

    Raises:
        DataError: as `read_items`.
    """
    if len({record["protocol_hash"] for record in records}) > 1:
        return None
    metric = records[0]["primary_metric"]
    runs = [record["run_id"] for record in records]
    items = read_items(connection, runs=runs, suite=records[0]["suite"], domain=domain, metric=metric)
    recorded = recorded_mean(records, metric)
    return items if items and recorded is not None and abs(items.value - recorded) < _SAME else None


def recorded_mean(records: list[Record], metric: str) -> float | None:
    """Mean over seeds of the value in scores.json; null unless every seed has one."""
    values = [record["metrics"].get(metric, (None, 0))[0] for record in records]
    return None if None in values or not values else sum(values) / len(values)
