"""Take the samples of one run into the store, or say what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from harness.records.run_record import SAMPLE_COLUMNS
from harness.store.incoming import read_incoming, refuse_contradictions

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


CONTRADICTIONS = {
    "samples of another run": "SELECT run_id FROM incoming WHERE run_id IS DISTINCT FROM $run LIMIT 1",
    "an item stands there twice": """
        SELECT suite, domain, item_id FROM incoming
        WHERE $run IS NOT NULL GROUP BY suite, domain, item_id HAVING count(*) > 1 LIMIT 1""",
    "samples of a suite without metrics in scores.json": """
        SELECT suite, domain FROM incoming EXCEPT SELECT suite, domain FROM scores WHERE run_id = $run LIMIT 1""",
    "scores.json has metrics of a suite without samples": """
        SELECT suite, domain FROM scores JOIN suites USING (run_id, suite, domain)
        WHERE run_id = $run AND value IS NOT NULL AND kind NOT IN ('lm_eval', 'mteb')
        EXCEPT SELECT suite, domain FROM incoming LIMIT 1""",  # of official tasks some have no share for each item
}
"""What is wrong -> a query that gives a row when it is."""


def again(*run_ids: str, verb: Literal["train", "score"] = "score") -> str:
    """What makes the record of some runs anew. Deleting it does not: DVC puts the same bytes back from its cache."""
    stages = []
    for run_id in run_ids:
        family, _, rest = run_id.partition("/")
        stages.append(f"{'score_' if verb == 'score' else ''}{family}@{rest}")
    return f"{verb} again: `dvc repro -f -s {' '.join(stages)}`, then `dvc repro`"


def add_samples(connection: DuckDBPyConnection, path: Path, *, run_id: str) -> None:
    """Append one samples.parquet; the rows of `scores` of the same run must be there already.

    Raises:
        DataError: the file cannot be read, has other columns, or contradicts scores.json.
    """
    hint = again(run_id)
    read_incoming(connection, path, columns=SAMPLE_COLUMNS, hint=hint)
    refuse_contradictions(connection, CONTRADICTIONS, parameters={"run": run_id}, path=path, hint=hint)
    connection.execute("INSERT INTO samples FROM incoming")
