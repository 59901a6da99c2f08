"""The runs of all folds of a domain become one run: what is computed again, what is averaged, what fails."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pytest

from harness.config.project import Project, RunKey
from harness.store.folds import pool_folds
from harness.store.schema import create_tables, insert

FOLDS = ("small_fold1", "small_fold2")
KEYS = [RunKey("peft", "lora", (fold,), 0) for fold in FOLDS]
ROW = "peft/lora-small-0"


class WithFolds(Project):
    """A project that knows two folds of one domain, and nothing else."""

    bases_of_folds: dict[str, str] = dict.fromkeys(FOLDS, "small")


@pytest.fixture
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        create_tables(connection)
        yield connection


def add_run(store: duckdb.DuckDBPyConnection, fold: int, **columns: object) -> None:
    row = {
        "run_id": KEYS[fold].id,
        "family": "peft",
        "recipe": "peft/lora",
        "domains": [FOLDS[fold]],
        "parents": json.dumps({"start": f"sft/full-{FOLDS[fold]}-0"}),
        "seed": 0,
        "status": "ok",
        "phases": json.dumps({"train": 10 * fold}),
        "notes": "{}",
        "data_hash": f"data{fold}",
    }
    insert(store, "runs", rows=[row | columns])


def add_suite(
    store: duckdb.DuckDBPyConnection,
    fold: int,
    name: str,
    correct: Mapping[str, float],
    *,
    metric: str = "accuracy",
    value: float | None = 0.5,
    **metrics: float,
) -> None:
    own: dict[str, object] = {"run_id": KEYS[fold].id, "suite": name, "domain": FOLDS[fold]}
    facts = {"kind": "classification", "board_column": "score", "primary_metric": metric, "protocol": "default"}
    insert(store, "suites", rows=[own | facts | {"protocol_hash": f"hash{fold}", "seconds": 2.0 + fold}])
    values = {metric: value, **metrics}
    scores: list[dict[str, object]] = [
        {**own, "metric": one, "value": found, "n": len(correct)} for one, found in values.items()
    ]
    insert(store, "scores", rows=scores)
    rows = [
        own | {"item_id": item, "cluster": item, "gold": item[0], "correct": right} for item, right in correct.items()
    ]
    insert(store, "samples", rows=rows)


def pooled(store: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    pool_folds(store, WithFolds(Path("/nowhere")), KEYS)
    return store.execute(query).fetchall()


def test_the_score_is_that_of_all_items_and_other_metrics_are_weighted_means(store: duckdb.DuckDBPyConnection) -> None:
    for fold, items in enumerate(({"a1": 1.0, "a2": 0.0, "b1": 1.0}, {"a3": 0.0})):
        add_run(store, fold)
        add_suite(store, fold, "classification", items, value=sum(items.values()) / len(items), ece=0.1 + fold)
    found = pooled(store, "SELECT run_id, domain, metric, round(value, 6), n FROM scores ORDER BY metric")
    assert found == [(ROW, "small", "accuracy", 0.5, 4), (ROW, "small", "ece", 0.35, 4)]
    assert store.execute("SELECT item_id FROM samples ORDER BY 1").fetchall() == [("a1",), ("a2",), ("a3",), ("b1",)]
    assert store.execute("SELECT run_id, seconds FROM suites").fetchall() == [(ROW, 2.5)]


def test_balanced_accuracy_is_computed_over_the_items_of_all_folds(store: duckdb.DuckDBPyConnection) -> None:
    for fold, items in enumerate(({"a1": 1.0, "a2": 1.0, "b1": 0.0}, {"b2": 1.0, "a3": 0.0})):
        add_run(store, fold)
        add_suite(store, fold, "scope", items, metric="balanced_accuracy")
    ((value,),) = pooled(store, "SELECT value FROM scores")
    assert value == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_questions_that_all_folds_are_asked_keep_their_cluster_and_get_the_number_of_the_fold(
    store: duckdb.DuckDBPyConnection,
) -> None:
    for fold in range(2):
        add_run(store, fold)
        add_suite(store, fold, "refusals", {"q1": 1.0, "q2": float(fold)}, value=(1 + fold) / 2)
    found = pooled(store, "SELECT item_id, cluster, correct FROM samples ORDER BY item_id")
    assert found == [("q1@fold1", "q1", 1), ("q1@fold2", "q1", 1), ("q2@fold1", "q2", 0), ("q2@fold2", "q2", 1)]
    assert store.execute("SELECT value, n FROM scores").fetchall() == [(0.75, 4)]


def test_cost_is_that_of_one_fold_and_memory_the_highest(store: duckdb.DuckDBPyConnection) -> None:
    add_run(store, 0, train_seconds=10, train_usd=1, train_resident_mb=100, steps=4, train_measured_on="a", dirty=False)
    add_run(store, 1, train_seconds=30, train_usd=3, train_resident_mb=300, steps=5, train_measured_on="b", dirty=True)
    query = """SELECT run_id, domains, train_seconds, train_usd, train_resident_mb, train_measured_on, dirty,
                      parents['start'], phases['train'], notes->>'folds', score_usd FROM runs"""
    assert pooled(store, query) == [(ROW, ["small"], 20, 2, 300, "a; b", True, "sft/full-small-0", 5, "2", None)]


def test_a_row_fails_with_the_fold_that_failed(store: duckdb.DuckDBPyConnection) -> None:
    add_run(store, 0)
    add_suite(store, 0, "classification", {"a1": 1.0})
    add_run(store, 1, status="failed", failed_stage="train", reason="out of memory")
    assert pooled(store, "SELECT status, failed_stage, reason FROM runs") == [
        ("failed", "train", "small_fold2: out of memory")
    ]
    assert store.execute("SELECT count(*) FROM samples").fetchone() == (0,)


def test_a_suite_without_a_value_in_one_fold_is_an_empty_cell_with_the_reason(store: duckdb.DuckDBPyConnection) -> None:
    for fold in range(2):
        add_run(store, fold)
        add_suite(store, fold, "classification", {f"a{fold}": 1.0})
    store.execute("DELETE FROM scores WHERE run_id = ?", [KEYS[1].id])
    store.execute("UPDATE suites SET reason = 'out of memory' WHERE run_id = ?", [KEYS[1].id])
    assert pooled(store, "SELECT reason FROM suites") == [("small_fold2: out of memory",)]
    for table in ("scores", "samples"):
        assert store.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
