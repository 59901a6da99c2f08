"""The contract of `reports/records/<run>/vectors/`: `vectors.json`, and the columns of `queries.parquet`."""

from __future__ import annotations

from harness.config.strict import StrictModel
from harness.records.run_record import SCHEMA_VERSION, Cost, Provenance, Status

VECTORS, VECTORS_FILE, QUERIES_FILE = "vectors", "vectors.json", "queries.parquet"
"""Folder of the record, and its files."""


class VectorSize(StrictModel):
    """The search with the first components of every vector."""

    dimensions: int
    index_bytes: int
    """Of the vectors of all documents, as float32."""
    ndcg_at_10: float
    """Mean over queries; 1 if the right text is always the nearest, 0 if it is never among the ten nearest."""
    recall_at_1: float
    recall_at_10: float


class VectorsRecord(StrictModel):
    """`vectors.json`: how well and how fast the vectors of a run find the texts of its domain."""

    schema_version: int = SCHEMA_VERSION
    run_id: str
    domain: str
    status: Status
    reason: str | None = None
    """Why it failed, in one line."""
    protocol_hash: str | None = None
    """Hash of the documents and the queries; figures of one hash may be compared."""
    documents: int = 0
    queries: int = 0
    queries_per_second: float | None = None
    """One query after another: its vector, and the comparison with all documents."""
    documents_per_second: float | None = None
    """Vectors made for the index; null if those of an earlier search were used."""
    sizes: list[VectorSize] = []
    """The whole vector first."""
    cost: Cost | None = None
    provenance: Provenance | None = None


QUERY_COLUMNS: dict[str, str] = {
    "item_id": "VARCHAR",  # the pair whose anchor is the query
    "cluster": "VARCHAR",  # queries of one origin; statistics resample clusters
    "dimensions": "BIGINT",
    "place": "BIGINT",  # of the right text; null if it is not among the ten nearest
}
"""Columns of queries.parquet with their DuckDB types; one row per query and number of dimensions."""
