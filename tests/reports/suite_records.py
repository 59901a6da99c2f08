"""Further suites in the records of a run that `write_run` wrote."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from harness.config.params import DEFAULT, WIDE, ProtocolName
from harness.config.project import Project, RunKey
from harness.config.suite import Column
from harness.records.run_record import Metric, ScoreRecord, SuiteScore, read_record, write_record

NO_QUESTIONS = {"classification": "the domain has no classify", "claims": "the domain has no claims"}


def add_suite(
    project: Project,
    key: RunKey,
    *,
    name: str = "answers",
    metric: str = "token_f1",
    values: Sequence[float] = (),
    reason: str | None = None,
    protocol: str = "p1",
    recorded: float | None = None,
    column: Column = "score",
    about: str = "",
    asked_by: ProtocolName = DEFAULT,
) -> None:
    """One more suite with an item, each of a cluster of its own, for each of `values`; `recorded`: not their mean.

    `about`: how their ids begin, such as `icd10/`. `asked_by`: the protocol of params.yaml that lists the suite.
    """
    n = len(values)
    value = sum(values) / n if n and recorded is None else recorded
    score = SuiteScore(
        suite=name,
        domain=key.domains[0],
        kind="generation",
        column=column,
        primary=metric,
        protocol=asked_by,
        protocol_hash=protocol,
        metrics={metric: Metric(value=value, n=n)} if n else {},
        reason=reason,
    )
    folder = project.record_folder(key) / "score"
    record = read_record(ScoreRecord, folder / "scores.json")
    if asked_by == WIDE:
        folder = _wide_folder(folder, record)
        record = read_record(ScoreRecord, folder / "scores.json")
    write_record(record.model_copy(update={"suites": [*record.suites, score]}), folder / "scores.json")
    own = {"run_id": key.id, "suite": name, "domain": key.domains[0], "answer": "x"}
    rows = [
        own | {"item_id": f"{about}a{i:03d}", "cluster": f"c{i}", "gold": f"answer {i}", "correct": float(correct)}
        for i, correct in enumerate(values)
    ]
    samples = parquet.read_table(folder / "samples.parquet")
    empty = dict.fromkeys(samples.column_names)
    added = pa.Table.from_pylist([empty | row for row in rows], schema=samples.schema)
    parquet.write_table(pa.concat_tables([samples, added]), folder / "samples.parquet")


def _wide_folder(score: Path, record: ScoreRecord) -> Path:
    """The folder of the wide protocol beside `score`; made with an empty record if it is not there."""
    folder = score.with_name("wide")
    if not folder.is_dir():
        folder.mkdir()
        write_record(record.model_copy(update={"suites": []}), folder / "scores.json")
        parquet.write_table(parquet.read_table(score / "samples.parquet").slice(0, 0), folder / "samples.parquet")
    return folder


def without_questions(project: Project, key: RunKey, suite: str) -> None:
    """The domain has nothing for a suite of the run: no protocol, no samples, only the reason."""
    folder = project.record_folder(key) / "score"
    record = read_record(ScoreRecord, folder / "scores.json")
    bare = {"metrics": {}, "protocol_hash": "", "reason": NO_QUESTIONS[suite]}
    suites = [s.model_copy(update=bare) if s.suite == suite else s for s in record.suites]
    write_record(record.model_copy(update={"suites": suites}), folder / "scores.json")
    samples = parquet.read_table(folder / "samples.parquet")
    kept = [row for row in samples.to_pylist() if row["suite"] != suite]
    parquet.write_table(pa.Table.from_pylist(kept, schema=samples.schema), folder / "samples.parquet")
