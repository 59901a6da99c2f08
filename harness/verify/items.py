"""Compare the items of two samples.parquet, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_QUERY = """
    WITH a AS (FROM read_parquet($published)), b AS (FROM read_parquet($here)), pairs AS (
        SELECT coalesce(a.suite, b.suite) AS suite, coalesce(a.domain, b.domain) AS domain,
               a.item_id IS NOT NULL AND b.item_id IS NOT NULL AS paired,
               a.answer IS DISTINCT FROM b.answer OR a.correct IS DISTINCT FROM b.correct AS differs,
               a.gold IS DISTINCT FROM b.gold OR a.cluster IS DISTINCT FROM b.cluster AS other_item,
               greatest(
                   abs(a.gold_loglikelihood - b.gold_loglikelihood), abs(a.log_odds - b.log_odds),
                   list_max([abs(pair[1] - pair[2]) FOR pair IN list_zip(a.loglikelihoods, b.loglikelihoods)])
               ) AS change
        FROM a FULL JOIN b USING (suite, domain, item_id))
    SELECT suite, domain, count(*) FILTER (paired), count(*) FILTER (NOT paired), count(*) FILTER (paired AND differs),
           count(*) FILTER (paired AND other_item), max(change)
    FROM pairs GROUP BY suite, domain"""


@dataclass(frozen=True)
class ItemCounts:
    """The items of one suite on one domain."""

    items: int
    """In both files."""
    unpaired: int
    """In one file only."""
    differing: int
    """In both, with another answer or another part of the metric."""
    other_items: int
    """In both, with another gold answer or cluster: the data are not the same."""
    largest_change: float | None
    """Largest difference of a log-likelihood in nats; null where there are none."""


def count_items(published: Path, here: Path) -> Mapping[tuple[str, str], ItemCounts]:
    """(suite, domain) -> counts, for every suite with samples in either file."""
    import duckdb

    with duckdb.connect() as connection:
        rows = connection.execute(_QUERY, {"published": str(published), "here": str(here)}).fetchall()
    return {(suite, domain): ItemCounts(*counts) for suite, domain, *counts in rows}
