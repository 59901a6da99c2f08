"""Search with vectors, from the store: nDCG@10 of each recipe with its interval and its difference to no training."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import DataError
from harness.evidence.families import Judged, judged_together
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import score_interval
from harness.reports.board.measured.groups import records_of
from harness.reports.board.settings import Settings
from harness.reports.contract.rounding import rounded_bounds
from harness.reports.contract.sections.vectors import VectorCell, VectorRow, VectorSet

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

REFERENCE = "baseline/encoder"
"""The encoder as it is: what all differences are taken to."""

Records = list[dict[str, Any]]


def read_vectors(connection: DuckDBPyConnection, settings: Settings) -> dict[str, VectorSet]:
    """Domain -> the search with vectors, for every domain on which it was measured.

    Raises:
        DataError: the seeds of a recipe have not searched with the same queries.
    """
    rows = records_of(connection, "SELECT * FROM vectors ORDER BY domain, recipe, dimensions DESC, seed")
    return {
        domain: _of_domain(connection, list(group), settings)
        for domain, group in groupby(rows, key=lambda row: row["domain"])
    }


def _of_domain(connection: DuckDBPyConnection, rows: Records, settings: Settings) -> VectorSet:
    hashes = Counter(row["protocol_hash"] for row in rows)
    protocol = min(hashes, key=lambda found: (-hashes[found], found))
    shown = [row for row in rows if row["protocol_hash"] == protocol]
    recipes = {recipe: list(group) for recipe, group in groupby(shown, key=lambda row: row["recipe"])}
    scores = {
        recipe: {
            size: _scores(connection, [one["run_id"] for one in group], size)
            for size, group in ((size, list(same)) for size, same in groupby(own, key=lambda row: row["dimensions"]))
        }
        for recipe, own in recipes.items()
    }
    whole = {recipe: by_size[max(by_size)] for recipe, by_size in scores.items()}
    plain = whole.get(REFERENCE)
    pairs = [(one, plain) if plain and one is not plain else None for one in whole.values()]
    judged = dict(zip(whole, judged_together(pairs, resampling=settings.resampling), strict=True))
    made = [_row(recipe, own, scores[recipe], judged[recipe], settings) for recipe, own in recipes.items()]
    return VectorSet(
        documents=shown[0]["documents"],
        queries=shown[0]["queries"],
        protocol_hash=protocol,
        reference=REFERENCE if plain else None,
        rows=sorted(made, key=lambda row: (-row.sizes[0].value, row.recipe)),
    )


def _row(
    recipe: str, rows: Records, scores: dict[int, ItemScores], judged: Judged | None, settings: Settings
) -> VectorRow:
    bytes_of = {row["dimensions"]: row["index_bytes"] for row in rows}
    whole = [row for row in rows if row["dimensions"] == max(bytes_of)]
    bounds = rounded_bounds(judged.difference if judged else None)
    return VectorRow(
        recipe=recipe,
        seeds=len(whole),
        sizes=[
            VectorCell(
                dimensions=size,
                index_bytes=bytes_of[size],
                **rounded_bounds(score_interval(one, resampling=settings.resampling)),
            )
            for size, one in scores.items()
        ],
        recall_at_1=_mean(whole, "recall_at_1"),
        recall_at_10=_mean(whole, "recall_at_10"),
        queries_per_second=_mean(whole, "queries_per_second"),
        delta=bounds["value"],
        low=bounds["low"],
        high=bounds["high"],
        verdict=settings.verdict_on(judged.difference, judged.p_adjusted) if judged else None,
    )


def _mean(rows: Sequence[dict[str, Any]], name: str) -> float:
    return round(sum(float(row[name]) for row in rows) / len(rows), 6)


_QUERY = """
    SELECT item_id, min(cluster), list(coalesce(place, 0) ORDER BY list_position($runs, run_id)), count(*) = len($runs)
    FROM vector_queries WHERE dimensions = $size AND list_contains($runs, run_id)
    GROUP BY item_id ORDER BY item_id"""


def _scores(connection: DuckDBPyConnection, runs: Sequence[str], size: int) -> ItemScores:
    """nDCG@10 of every query, for the runs of several seeds."""
    found = connection.execute(_QUERY, {"runs": list(runs), "size": size}).fetchall()
    for item, *_, complete in found:
        if not complete:
            raise DataError(f'query "{item}" is missing in one of these runs', where=f"vectors of {', '.join(runs)}")
    items, clusters, places, _ = zip(*found, strict=True)
    gains = [[1 / math.log2(1 + place) if place else 0.0 for place in of_item] for of_item in places]
    correct = np.array(gains, dtype=float).T
    return ItemScores(items=tuple(items), clusters=tuple(clusters), groups=("",) * len(items), correct=correct)
