"""`harness ingest`: build reports/results.duckdb and reports/parquet/ from the records of the active runs.

    runs/<run>/train/run.json        --+
    runs/<run>/score/scores.json     --+--> results.duckdb --> parquet/<table>.parquet
    runs/<run>/score/samples.parquet --+
    recipes/*/*.yaml: tuned -----------+
    runs/curves/<curve>/points.* ------'

Both are rebuilt from scratch. The same records give the same Parquet files, byte for byte; the database may differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from harness.config.curve_key import active_curves
from harness.config.project import Project, RunKey
from harness.errors import DataError
from harness.records.run_record import RunRecord, ScoreRecord, read_record
from harness.runtime.atomic_output import atomic_file, atomic_folder
from harness.store.ancestry import ancestors
from harness.store.curves import add_curve
from harness.store.exclusive import only_one_writer, refuse_if_open_elsewhere
from harness.store.rows import run_row, score_rows, suite_rows, trial_rows
from harness.store.samples import add_samples, again
from harness.store.schema import TABLES, create_tables, insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


Verb = Literal["train", "score"]


@dataclass(frozen=True)
class Ingested:
    """What went into the store."""

    runs: int
    failed: int
    samples: int


def ingest(project: Project) -> Ingested:
    """Rebuild `reports/results.duckdb` and `reports/parquet/<table>.parquet`; folders of inactive runs are ignored.

    Raises:
        DataError: a record is missing or contradicts another, another process holds the store, or no run is active.
    """
    import duckdb

    reports = project.root / "reports"
    reports.mkdir(exist_ok=True)
    target = reports / "results.duckdb"
    with only_one_writer(reports):
        refuse_if_open_elsewhere(target)
        with atomic_folder(reports / "parquet") as parquet, atomic_file(target) as working:
            with duckdb.connect(working) as connection:
                done = _fill(connection, project)
                for table in TABLES:
                    file = str(parquet / f"{table}.parquet").replace("'", "''")
                    connection.execute(f"COPY (FROM {table} ORDER BY ALL) TO '{file}' (FORMAT parquet)")
            target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
    return done


def _fill(connection: DuckDBPyConnection, project: Project) -> Ingested:
    create_tables(connection)
    runs = failed = 0
    for key in project.runs():
        runs += 1
        failed += _add_run(connection, project, key)
    if not runs:
        raise DataError(
            "no run is active",
            where=str(project.root / "params.yaml"),
            expected="recipes, domains and seeds with entries",
        )
    for recipe_id in sorted({key.recipe_id for key in project.runs()}):
        insert(connection, "trials", rows=trial_rows(project.recipe(recipe_id)))
    for curve in active_curves(project):
        add_curve(connection, project, curve)
    row = connection.execute("SELECT count(*) FROM samples").fetchone()
    return Ingested(runs=runs, failed=failed, samples=row[0] if row else 0)


def _add_run(connection: DuckDBPyConnection, project: Project, key: RunKey) -> bool:
    """Insert all rows of one run; true if it failed."""
    folder = project.run_folder(key)
    run = read_record(RunRecord, _existing(folder / "train/run.json", key, verb="train"))
    score = read_record(ScoreRecord, _existing(folder / "score/scores.json", key, verb="score"))
    _refuse_other_run(run.run_id, key, where=folder / "train/run.json", verb="train")
    _refuse_other_run(score.run_id, key, where=folder / "score/scores.json", verb="score")
    older = ancestors(run, lambda run_id: _training_of(project, run_id))
    row = run_row(run, score, older=older, prices=project.params.prices)
    insert(connection, "runs", rows=[row])
    if row["status"] == "failed":
        return True
    insert(connection, "suites", rows=suite_rows(score))
    insert(connection, "scores", rows=score_rows(score))
    add_samples(connection, _existing(folder / "score/samples.parquet", key, verb="score"), run_id=key.id)
    return False


def _training_of(project: Project, run_id: str) -> RunRecord | None:
    """The training record of any run, also of one that params.yaml does not list; null without a record."""
    path = project.root / "runs" / run_id / "train/run.json"
    return read_record(RunRecord, path) if path.is_file() else None


def _refuse_other_run(found: str, key: RunKey, *, where: Path, verb: Verb) -> None:
    if found != key.id:
        raise DataError(
            f'the record belongs to run "{found}"',
            where=str(where),
            expected=f'run "{key.id}"',
            hint=again(key.id, verb=verb),
        )


def _existing(path: Path, key: RunKey, *, verb: Verb) -> Path:
    if path.is_file():
        return path
    raise DataError(
        f'run "{key.id}" has no {path.name}',
        where=str(path),
        hint=f"`dvc repro` runs what is missing ({verb} has not finished for this run); "
        f"if the file is still missing after it, {again(key.id, verb=verb)}",
    )
