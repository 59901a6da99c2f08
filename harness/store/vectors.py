"""Add what a run's vectors found to the store, or say what is wrong with the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.config.project import Project, RunKey
from harness.errors import DataError
from harness.records.run_record import read_record
from harness.records.vectors_record import QUERIES_FILE, QUERY_COLUMNS, VECTORS, VECTORS_FILE, VectorsRecord
from harness.store.incoming import read_incoming, refuse_contradictions
from harness.store.schema import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SPEEDS = ("queries_per_second", "documents_per_second")

CONTRADICTIONS = {
    "a query appears twice": """
        SELECT dimensions, item_id FROM incoming WHERE $run_id IS NOT NULL
        GROUP BY dimensions, item_id HAVING count(*) > 1 LIMIT 1""",
    "vectors.json has another nDCG@10 than these queries": """
        SELECT dimensions, ndcg_at_10, found
        FROM (SELECT dimensions, avg(coalesce(1 / log2(1 + place), 0)) AS found FROM incoming GROUP BY dimensions)
        FULL JOIN (FROM vectors SELECT dimensions, ndcg_at_10 WHERE run_id = $run_id) USING (dimensions)
        WHERE coalesce(abs(found - ndcg_at_10), 1) > 1e-5 ORDER BY ALL LIMIT 1""",
}
"""Problem -> query that returns a row if there is the problem."""


def add_vectors(connection: DuckDBPyConnection, project: Project, key: RunKey) -> None:
    """Append the figures and the queries of one run, if it has a record and did not fail.

    Raises:
        DataError: a file is missing, cannot be read, belongs to another run, or contradicts the other file.
    """
    folder = project.record_folder(key) / VECTORS
    if not folder.is_dir():
        return
    hint = f"measure it again: `harness vectors {key.recipe_id} --domain {key.domains[0]} --seed {key.seed}`"
    figures, queries = folder / VECTORS_FILE, folder / QUERIES_FILE
    record = read_record(VectorsRecord, figures)
    if record.run_id != key.id:
        raise DataError(f'the record belongs to run "{record.run_id}"', where=str(figures), expected=key.id, hint=hint)
    if record.status == "failed":
        return
    shared = record.model_dump(include={"run_id", "domain", "protocol_hash", "documents", "queries", *SPEEDS})
    own = shared | {"recipe": key.recipe_id, "family": key.family, "seed": key.seed}
    insert(connection, "vectors", rows=[own | size.model_dump() for size in record.sizes])
    if not queries.is_file():
        raise DataError(f'the record of run "{key.id}" has no {QUERIES_FILE}', where=str(queries), hint=hint)
    read_incoming(connection, queries, columns=QUERY_COLUMNS, hint=hint)
    refuse_contradictions(connection, CONTRADICTIONS, parameters={"run_id": key.id}, path=queries, hint=hint)
    connection.execute("INSERT INTO vector_queries SELECT $run_id, * FROM incoming", {"run_id": key.id})
