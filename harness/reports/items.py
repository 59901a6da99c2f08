"""From the table `samples` to the input of the statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.errors import DataError
from harness.evidence.item_scores import ItemScores
from harness.store.samples import again

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEAN_OVER_GOLD = frozenset({"balanced_accuracy"})
"""Metrics that are the mean over gold answers of the mean of `correct`."""

OF_ALL_ITEMS = frozenset({"auc", "chrf_corpus", "unfinished"})
"""Metrics that no sample has a share of, so that nothing can be resampled or paired. All others are the mean of
`correct`, whose meaning the kind of suite decides: right or wrong, word F1, chrF."""

_QUERY = """
    SELECT item_id, min(cluster), min(gold), list(correct ORDER BY list_position($runs, run_id)),
           count(correct) = len($runs) AND min(cluster) = max(cluster) AND min(gold) = max(gold)
    FROM samples WHERE suite = $suite AND domain = $domain AND list_contains($runs, run_id)
    GROUP BY item_id ORDER BY item_id"""


def read_items(
    connection: DuckDBPyConnection, *, runs: Sequence[str], suite: str, domain: str, metric: str
) -> ItemScores | None:
    """Scores of some runs (the seeds of one recipe) on one suite; null without samples, or if no item has a share.

    Raises:
        DataError: the runs have not answered the same items, though their protocol says so.
    """
    if metric in OF_ALL_ITEMS:
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
    groups = gold if metric in MEAN_OVER_GOLD else ("",) * len(items)
    try:
        return ItemScores(items=items, clusters=clusters, groups=groups, correct=np.array(correct, dtype=float).T)
    except DataError as error:
        raise DataError(error.what, where=where) from None
