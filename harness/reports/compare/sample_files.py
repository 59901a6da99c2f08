"""Item scores from the samples of runs, read from their files instead of the store."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.evidence.item_scores import ItemScores
from harness.reports.board.measured.item_scores import item_scores
from harness.scoring.metric_registry import metric_spec


def scores_of_files(files: Sequence[bytes], *, suite: str, domain: str, metric: str) -> ItemScores | None:
    """The scores of the items that all files hold, each file one seed. Null where the metric has no value per item, or
    no item is common.

    `files`: contents of `samples.parquet`.
    """
    if not files or not metric_spec(metric).per_item:
        return None
    seeds = [_items(content, suite, domain) for content in files]
    common = sorted(set.intersection(*map(set, seeds)))
    if not common:
        return None
    return item_scores(
        metric,
        items=common,
        clusters=[seeds[0][item]["cluster"] for item in common],
        gold=[seeds[0][item]["gold"] for item in common],
        correct=np.array([[seed[item]["correct"] for item in common] for seed in seeds], dtype=float),
    )


def _items(content: bytes, suite: str, domain: str) -> dict[str, dict[str, Any]]:
    from pyarrow import parquet

    names = ["suite", "domain", "item_id", "cluster", "gold", "correct"]
    rows = parquet.read_table(io.BytesIO(content), columns=names).to_pylist()
    return {
        row["item_id"]: row
        for row in rows
        if row["suite"] == suite and row["domain"] == domain and row["correct"] is not None
    }
