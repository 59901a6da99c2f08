"""Search with vectors in `reports/leaderboard.json`."""

from __future__ import annotations

from harness.config.strict import StrictModel
from harness.evidence.verdict import Verdict


class VectorCell(StrictModel):
    """nDCG@10 with the first components of every vector, mean over seeds."""

    dimensions: int
    index_bytes: int
    value: float
    low: float | None
    high: float | None


class VectorRow(StrictModel):
    """How well and how fast the vectors of one recipe find the texts of the domain; means over seeds."""

    recipe: str
    """Recipe id, e.g. `contrastive/mnrl`."""
    seeds: int
    sizes: list[VectorCell]
    """The whole vector first."""
    recall_at_1: float
    recall_at_10: float
    queries_per_second: float
    delta: float | None
    """Difference of nDCG@10 to the untrained encoder, paired by query; null for that encoder, or without it."""
    low: float | None
    high: float | None
    verdict: Verdict | None
    """Adjusted over all rows of the table."""


class VectorSet(StrictModel):
    """The search with vectors on one domain: rows that searched the same documents with the same queries."""

    documents: int
    queries: int
    protocol_hash: str
    """The protocol of most runs. Runs with another one are left out."""
    reference: str | None
    """Id of the recipe that differences are taken to; null where it was not measured."""
    rows: list[VectorRow]
    """By falling nDCG@10."""
