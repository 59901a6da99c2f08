"""Add the samples of one run to the store, or say what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from harness.config.params import DEFAULT, ProtocolName
from harness.records.run_record import SAMPLE_COLUMNS
from harness.store.incoming import read_incoming, refuse_contradictions

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


CONTRADICTIONS = {
    "samples of another run": """
        SELECT run_id FROM incoming WHERE run_id IS DISTINCT FROM $run AND $protocol IS NOT NULL LIMIT 1""",
    "an item appears twice": """
        SELECT suite, domain, item_id FROM incoming
        WHERE $run IS NOT NULL AND $protocol IS NOT NULL GROUP BY suite, domain, item_id HAVING count(*) > 1 LIMIT 1""",
    "samples of a suite without metrics in scores.json": """
        SELECT suite, domain FROM incoming
        EXCEPT SELECT suite, domain FROM scores JOIN suites USING (run_id, suite, domain)
        WHERE run_id = $run AND protocol = $protocol LIMIT 1""",
    "scores.json has metrics of a suite without samples": """
        SELECT suite, domain FROM scores JOIN suites USING (run_id, suite, domain)
        WHERE run_id = $run AND protocol = $protocol AND value IS NOT NULL AND kind NOT IN ('lm_eval', 'mteb')
        EXCEPT SELECT suite, domain FROM incoming LIMIT 1""",  # some official tasks have no value per item
}
"""Problem -> query that returns a row if there is the problem."""


def again(*run_ids: str, verb: Literal["train", "score"] = "score") -> str:
    """How to make the records of some runs again. Deleting them is not enough: DVC restores them from its cache."""
    stages = []
    for run_id in run_ids:
        family, _, rest = run_id.partition("/")
        stages.append(f"{'score_' if verb == 'score' else ''}{family}@{rest}")
    return f"{verb} again: `dvc repro -f -s {' '.join(stages)}`, then `dvc repro`"


def add_samples(connection: DuckDBPyConnection, path: Path, *, run_id: str, protocol: ProtocolName = DEFAULT) -> None:
    """Append one samples.parquet. The rows of `scores` of the same run and protocol must be in the store already.

    Raises:
        DataError: the file cannot be read, has other columns, or contradicts scores.json.
    """
    hint = again(run_id)
    read_incoming(connection, path, columns=SAMPLE_COLUMNS, hint=hint)
    refuse_contradictions(
        connection, CONTRADICTIONS, parameters={"run": run_id, "protocol": protocol}, path=path, hint=hint
    )
    connection.execute("INSERT INTO samples FROM incoming")
