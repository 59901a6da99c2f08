"""The tables of the store, column by column, and views for common questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from harness.records.curve_record import CURVE_ITEM_COLUMNS
from harness.records.run_record import SAMPLE_COLUMNS
from harness.records.vectors_record import QUERY_COLUMNS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STORE_VERSION = 7
"""Raised when tables or columns change: an older store must be rebuilt before it is read."""

TABLES: dict[str, dict[str, str]] = {
    "schema_version": {"version": "INTEGER"},
    "runs": {  # one row per run that params.yaml asks for and that has been scored, failed ones included
        "run_id": "VARCHAR",
        "family": "VARCHAR",
        "recipe": "VARCHAR",  # with its family, as everywhere in the store: peft/lora
        "domains": "VARCHAR[]",  # trained on, in order
        "parents": "MAP(VARCHAR, VARCHAR)",  # role -> id of the run that this one starts from
        "seed": "BIGINT",
        "title": "VARCHAR",
        "base_model": "VARCHAR",  # null: the method needs none
        "profile": "VARCHAR",
        "status": "VARCHAR",  # ok | failed, in training or in scoring
        "failed_stage": "VARCHAR",  # train | score | null
        "reason": "VARCHAR",
        "stale": "VARCHAR",  # what has changed since the run was made, when ingested; null: nothing
        "budget": "MAP(VARCHAR, DOUBLE)",
        "budget_overridden": "BOOLEAN",
        "trainable_parameters": "BIGINT",
        "total_parameters": "BIGINT",
        "saved_bytes": "BIGINT",
        "examples": "BIGINT",
        "steps": "BIGINT",
        "tokens": "BIGINT",
        "supervised_tokens": "BIGINT",
        "truncated": "BIGINT",
        "output_change": "DOUBLE",
        "notes": "JSON",
        "tokens_per_second": "DOUBLE",
        "phases": "MAP(VARCHAR, DOUBLE)",  # seconds
        "train_seconds": "DOUBLE",
        "train_cpu_seconds": "DOUBLE",  # user and system, children included
        "train_others_share": "DOUBLE",  # share of the machine's CPU time that other processes took
        "train_busy": "BOOLEAN",  # other processes probably made it longer; null: not measured
        "train_measured_on": "VARCHAR",  # machine and threads: seconds, memory and money compare only where it agrees
        "train_usd": "DOUBLE",
        "train_energy_wh": "DOUBLE",
        "train_seconds_with_parents": "DOUBLE",  # with the training of every run that this one starts from, each once;
        "train_usd_with_parents": "DOUBLE",  # null where the record of one of them is missing
        "train_energy_wh_with_parents": "DOUBLE",
        "parents_alike": "BOOLEAN",  # all parents were trained on the same kind of machine, none while it was busy
        "train_resident_mb": "DOUBLE",  # MB are 10^6 bytes, all memory figures are peaks
        "train_before_mb": "DOUBLE",
        "train_cuda_allocated_mb": "DOUBLE",
        "train_cuda_reserved_mb": "DOUBLE",
        "first_token_ms": "DOUBLE",  # at batch 1, median over prompts
        "generated_per_second": "DOUBLE",  # tokens after the first, at batch 1
        "adapter_seconds": "DOUBLE",  # to put the adapter on the loaded base
        "score_seconds": "DOUBLE",
        "score_cpu_seconds": "DOUBLE",
        "score_others_share": "DOUBLE",
        "score_busy": "BOOLEAN",
        "score_measured_on": "VARCHAR",
        "score_device_kind": "VARCHAR",  # cuda | cpu
        "score_device": "VARCHAR",
        "score_usd": "DOUBLE",  # at the price of the device that scored
        "score_energy_wh": "DOUBLE",
        "score_resident_mb": "DOUBLE",
        "score_before_mb": "DOUBLE",
        "score_cuda_allocated_mb": "DOUBLE",
        "score_cuda_reserved_mb": "DOUBLE",
        "commit": "VARCHAR",
        "dirty": "BOOLEAN",
        "device_kind": "VARCHAR",  # cuda | cpu: what the training computed on
        "device": "VARCHAR",
        "machine": "VARCHAR",  # its best device: the GPU, also where the training computed on the CPU beside it
        "threads": "INTEGER",
        "precision": "VARCHAR",  # of training: float32 | bfloat16 | mixed (products in bfloat16)
        "versions": "MAP(VARCHAR, VARCHAR)",
        "config_hash": "VARCHAR",
        "data_hash": "VARCHAR",
    },
    "unscored": {  # one row per run or learning curve that params.yaml asks for and whose records are not there yet
        "id": "VARCHAR",
    },
    "suites": {  # one row per run x suite x domain, also where the model cannot answer
        "run_id": "VARCHAR",
        "suite": "VARCHAR",
        "domain": "VARCHAR",
        "kind": "VARCHAR",
        "board_column": "VARCHAR",  # score | hallucination | safety | retention
        "primary_metric": "VARCHAR",
        "protocol": "VARCHAR",  # default | wide
        "protocol_hash": "VARCHAR",
        "seconds": "DOUBLE",
        "truncated": "BIGINT",  # prompts cut on the left
        "reason": "VARCHAR",
    },
    "scores": {  # one row per run x suite x domain x metric
        "run_id": "VARCHAR",
        "suite": "VARCHAR",
        "domain": "VARCHAR",
        "metric": "VARCHAR",
        "value": "DOUBLE",
        "n": "BIGINT",
    },
    "trials": {  # one row per active recipe that was tuned x value tried, from the recipes' own files
        "recipe": "VARCHAR",
        "family": "VARCHAR",
        "domain": "VARCHAR",  # tuned on its validation items
        "seed": "BIGINT",
        "parameter": "VARCHAR",
        "value": "DOUBLE",
        "status": "VARCHAR",  # ok | failed
        "reason": "VARCHAR",
        "metric": "VARCHAR",
        "validation_score": "DOUBLE",
        "n": "BIGINT",  # validation items
        "seconds": "DOUBLE",
        "chosen": "BOOLEAN",
        "tuned_on": "DATE",
        "base_model": "VARCHAR",  # null: the method needs none
    },
    "curve_points": {  # one row per active learning curve x k x draw, failed ones included
        "recipe": "VARCHAR",
        "family": "VARCHAR",
        "domain": "VARCHAR",
        "k": "BIGINT",  # training items
        "draw": "BIGINT",  # seed of the subset and of the training
        "suite": "VARCHAR",
        "metric": "VARCHAR",
        "protocol_hash": "VARCHAR",
        "n": "BIGINT",  # test items
        "value": "DOUBLE",
        "seconds": "DOUBLE",  # training and scoring
        "status": "VARCHAR",  # ok | failed
        "reason": "VARCHAR",
    },
    "curve_samples": {  # one row per point that ended well x test item
        "recipe": "VARCHAR",
        "family": "VARCHAR",
        "domain": "VARCHAR",
        **CURVE_ITEM_COLUMNS,
    },
    "vectors": {  # one row per run that produces only vectors x number of components used
        "run_id": "VARCHAR",
        "recipe": "VARCHAR",
        "family": "VARCHAR",
        "seed": "BIGINT",
        "domain": "VARCHAR",
        "protocol_hash": "VARCHAR",  # of documents and queries
        "documents": "BIGINT",
        "queries": "BIGINT",
        "dimensions": "BIGINT",  # the first so many components of every vector
        "index_bytes": "BIGINT",
        "ndcg_at_10": "DOUBLE",
        "recall_at_1": "DOUBLE",
        "recall_at_10": "DOUBLE",
        "queries_per_second": "DOUBLE",  # with all components, one query after another
        "documents_per_second": "DOUBLE",
    },
    "vector_queries": {  # one row per row of `vectors` x query
        "run_id": "VARCHAR",
        **QUERY_COLUMNS,
    },
    "sequence_tasks": {  # one row per family on sequences x sequence of params.yaml x step
        "family": "VARCHAR",
        "sequence": "VARCHAR",
        "tasks": "VARCHAR[]",  # all of the sequence, in order
        "place": "BIGINT",  # from 1
        "task": "VARCHAR",  # what the step learns: a domain, or a slice of one
        "domain": "VARCHAR",  # whose questions ask about it
        "labels": "VARCHAR[]",  # the right answers of these questions; null: any
        "clusters": "VARCHAR[]",  # beginnings of the names of their clusters; null: any
    },
    "samples": dict(SAMPLE_COLUMNS),  # one row per run x suite x domain x item
}
"""Table -> column -> DuckDB type. null means "not measured"."""

VIEWS: dict[str, str] = {
    # one row per run and suite with the metric that the board shows
    "results": """
        SELECT runs.run_id, family, recipe, coalesce(suites.domain, array_to_string(domains, '+')) AS domain,
               seed, status, suites.suite, board_column, primary_metric AS metric, value, n,
               coalesce(suites.reason, runs.reason) AS reason,
               train_seconds, score_seconds, train_usd + coalesce(score_usd, 0) AS usd,
               train_resident_mb, train_cuda_reserved_mb, trainable_parameters, saved_bytes, protocol_hash
        FROM runs LEFT JOIN suites USING (run_id)
        LEFT JOIN scores ON scores.run_id = suites.run_id AND scores.suite = suites.suite
                        AND scores.domain = suites.domain AND metric = primary_metric""",
    # one row per run of a recipe that was also trained on several domains, and domain asked about: the R matrix of
    # continual learning is `PIVOT` over (domains, domain); one suite at a time
    "sequence_scores": """
        SELECT runs.run_id, family, recipe, seed, len(domains) AS step, domains, suites.domain, suites.suite,
               primary_metric AS metric, value, n
        FROM runs JOIN suites USING (run_id)
        LEFT JOIN scores ON scores.run_id = suites.run_id AND scores.suite = suites.suite
                        AND scores.domain = suites.domain AND metric = primary_metric
        WHERE board_column = 'score' AND protocol_hash != ''
          AND recipe IN (SELECT recipe FROM runs WHERE len(domains) > 1)""",
    # the R matrix of continual learning, in long form: one row per run of a sequence x task x suite of the score. Step
    # 0 is the model before the first step. A plain mean: right for metrics averaged over items, such as accuracy
    "r_matrix": """
        SELECT tasks.family, tasks.sequence, recipe, seed,
               CASE WHEN trainable_parameters = 0 THEN 0 ELSE len(domains) END AS step,
               place, task, samples.suite, avg(correct) AS value, count(correct) AS n
        FROM runs
        JOIN sequence_tasks AS tasks ON tasks.family = runs.family AND domains = tasks.tasks[1:len(domains)]
        JOIN suites ON suites.run_id = runs.run_id AND suites.domain = tasks.domain AND board_column = 'score'
        JOIN samples ON samples.run_id = runs.run_id AND samples.suite = suites.suite AND samples.domain = tasks.domain
        WHERE (labels IS NULL OR list_contains(labels, gold))
          AND (clusters IS NULL OR EXISTS (
              SELECT 1 FROM unnest(clusters) AS wanted(beginning) WHERE starts_with(samples.cluster, beginning)))
        GROUP BY ALL""",
    # one row per item with its mean score over all runs: the lowest are the hardest items. `correct` is the item's part
    # of the suite's metric; `harness samples` says whether an answer is right
    "items": """
        SELECT domain, suite, item_id, any_value(cluster) AS cluster, any_value(gold) AS gold,
               count(*) AS runs, avg(correct) AS correct
        FROM samples GROUP BY domain, suite, item_id""",
}
"""View -> the query behind it."""


ROWS_AT_ONCE = 100
"""Number of rows that one statement appends. A statement for each row takes four times as long."""


def create_tables(connection: DuckDBPyConnection) -> None:
    """Create all tables and views in an empty database and write the version."""
    for table, columns in TABLES.items():
        body = ", ".join(f'"{column}" {type_}' for column, type_ in columns.items())
        connection.execute(f"CREATE TABLE {table} ({body})")
    connection.execute("INSERT INTO schema_version VALUES (?)", [STORE_VERSION])
    create_views(connection)


def create_views(connection: DuckDBPyConnection) -> None:
    """Create the views. The tables may be real ones or views of the Parquet files."""
    for view, query in VIEWS.items():
        connection.execute(f"CREATE VIEW {view} AS {query}")


def insert(connection: DuckDBPyConnection, table: str, *, rows: Iterable[Mapping[str, object]]) -> None:
    """Append rows, each column -> value; a missing column becomes null. MAP and JSON columns take JSON text."""
    columns = TABLES[table]
    values = ", ".join(
        f"CAST(CAST(? AS JSON) AS {t})" if t[:3] == "MAP" else f"CAST(? AS {t})" for t in columns.values()
    )
    left = iter(rows)
    while some := list(islice(left, ROWS_AT_ONCE)):
        parameters = [row.get(column) for row in some for column in columns]
        connection.execute(f"INSERT INTO {table} VALUES {', '.join([f'({values})'] * len(some))}", parameters)
