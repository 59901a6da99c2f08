"""The section "Search with vectors" from invented places."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from harness.evidence.resampling import Resampling
from harness.reports.board.settings import Settings
from harness.reports.contract.leaderboard import Leaderboard, PriceInfo, Protocol
from harness.reports.contract.sections.vectors import VectorSet
from harness.reports.sections.vectors.read import read_vectors
from harness.reports.sections.vectors.table import vectors_section
from harness.store.schema import create_tables, insert

FOUND = {"baseline/encoder": 0.3, "contrastive/mnrl": 0.8, "contrastive/gist": 0.32}
"""Recipe -> share of queries whose text is the nearest; the others do not find it."""
QUERIES = 120


@pytest.fixture(scope="module")
def found() -> VectorSet:
    hard = np.random.default_rng(0).random(QUERIES)
    with duckdb.connect() as connection:
        create_tables(connection)
        for recipe, share in FOUND.items():
            for dimensions in (8, 4):
                add(connection, recipe, dimensions, right=hard < share * dimensions / 8)
        add(connection, "contrastive/old", 8, right=hard < 0.9, protocol="older")
        settings = Settings(resampling=Resampling(confidence=0.95, resamples=500), margin=0.03)
        return read_vectors(connection, settings)["icd10"]


def add(
    connection: duckdb.DuckDBPyConnection, recipe: str, dimensions: int, *, right: np.ndarray, protocol: str = "p1"
) -> None:
    share = float(right.mean())
    figures = {"ndcg_at_10": share, "recall_at_1": share, "recall_at_10": share, "queries_per_second": 50.0}
    own = {"run_id": f"{recipe}-icd10-0", "dimensions": dimensions}
    facts = {"recipe": recipe, "family": recipe.split("/")[0], "seed": 0, "domain": "icd10", "protocol_hash": protocol}
    counts = {"documents": 5000, "queries": QUERIES, "index_bytes": 20000 * dimensions, "documents_per_second": 9.0}
    insert(connection, "vectors", rows=[own | facts | counts | figures])
    queries = [{"item_id": f"q{i:03}", "cluster": f"c{i}", "place": 1 if hit else None} for i, hit in enumerate(right)]
    insert(connection, "vector_queries", rows=[own | query for query in queries])


def test_rows_are_ordered_and_compared_with_the_untrained_encoder_query_by_query(found: VectorSet) -> None:
    assert [row.recipe for row in found.rows] == ["contrastive/mnrl", "contrastive/gist", "baseline/encoder"]
    best, second, plain = found.rows
    assert best.delta == pytest.approx(best.sizes[0].value - plain.sizes[0].value, abs=1e-6)
    assert best.low is not None
    assert best.low > 0
    assert (best.verdict, second.verdict, plain.verdict) == ("better", "equivalent", None)
    assert [size.dimensions for size in best.sizes] == [8, 4]
    assert best.sizes[1].value < best.sizes[0].value


def test_runs_that_searched_other_texts_are_left_out(found: VectorSet) -> None:
    assert found.protocol_hash == "p1"
    assert "contrastive/old" not in {row.recipe for row in found.rows}


def test_the_table_shows_size_speed_and_shorter_vectors(found: VectorSet) -> None:
    prices = PriceInfo(as_of="2026-11-22", currency="USD", source="invented")
    protocol = Protocol.model_construct(confidence=0.95, prices=prices)
    text = "\n".join(vectors_section(Leaderboard.model_construct(vectors={"icd10": found}, protocol=protocol)))
    line = next(line for line in text.splitlines() if "contrastive/mnrl" in line)
    assert "better" in line
    assert "| 8 | 160 kB | 50 |" in line
    assert "(4, 80.0 kB)" in line
    assert "5,000 texts, 120 queries" in text
