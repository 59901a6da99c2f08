"""`harness ingest`: build reports/results.duckdb and reports/parquet/ from the records of the active runs.

    reports/records/<run>/train/run.json        --+
    reports/records/<run>/score/scores.json     --+--> results.duckdb --> parquet/<table>.parquet
    reports/records/<run>/score/samples.parquet --+
    reports/records/<run>/wide/*, if it exists  --+
    reports/records/<run>/vectors/*, likewise   --+
    recipes/*/*.yaml: tuned ----------------------+
    reports/records/curves/<curve>/points.* ------'

Both are rebuilt from scratch. The same records give the same Parquet files, byte for byte; the database may differ.
Runs without these records are listed in the table `unscored`. The runs of a domain's folds become one run of the domain
(`folds.py`), once all folds are scored.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from harness.config.curve_key import active_curves
from harness.config.folds import runs_of_row
from harness.config.params import WIDE
from harness.config.project import RECORDS, Project, RunKey
from harness.errors import DataError
from harness.pipeline.staleness import stale_runs
from harness.records.run_record import RunRecord, ScoreRecord, read_record
from harness.runtime.atomic_output import atomic_file, atomic_folder
from harness.store.ancestry import ancestors
from harness.store.curves import add_curve
from harness.store.exclusive import only_one_writer, refuse_if_open_elsewhere
from harness.store.figures import refuse_contradicted_figures
from harness.store.folds import pool_folds
from harness.store.rows import run_row, score_rows, sequence_rows, suite_rows, trial_rows
from harness.store.samples import add_samples, again
from harness.store.schema import TABLES, create_tables, insert
from harness.store.training_curves import TRAINING_CURVES, gather_curves
from harness.store.vectors import add_vectors

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


Verb = Literal["train", "score"]


@dataclass(frozen=True)
class Ingested:
    """What went into the store; the runs of all folds of a domain are one run."""

    runs: int
    failed: int
    samples: int
    unscored: tuple[str, ...] = ()
    """Runs and learning curves that params.yaml asks for and whose records are not there yet."""


def ingest(project: Project) -> Ingested:
    """Rebuild `results.duckdb`, `parquet/<table>.parquet` and `training_curves/` in reports/, from the active runs.

    Runs that have not been scored yet are left out and listed. The old store stays until the new one is whole.

    Raises:
        DataError: a record contradicts another, another process holds the store, no run is active or scored.
    """
    import duckdb

    reports = project.reports_folder
    reports.mkdir(parents=True, exist_ok=True)
    target = reports / "results.duckdb"
    with only_one_writer(reports):
        refuse_if_open_elsewhere(target)
        with (
            atomic_folder(reports / TRAINING_CURVES) as curves,
            atomic_folder(reports / "parquet") as parquet,
            atomic_file(target) as working,
        ):
            gather_curves(project, curves)
            with duckdb.connect(working) as connection:
                connection.begin()  # one transaction: hundreds of them would wait for the disk
                done = _fill(connection, project)
                connection.commit()
                for table in TABLES:
                    file = str(parquet / f"{table}.parquet").replace("'", "''")
                    connection.execute(f"COPY (FROM {table} ORDER BY ALL) TO '{file}' (FORMAT parquet)")
            target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
    return done


def _fill(connection: DuckDBPyConnection, project: Project) -> Ingested:
    create_tables(connection)
    keys = list(project.runs())
    done = {key for key in keys if _is_scored(project, key)}
    scored = [key for key in keys if done.issuperset(runs_of_row(project, key))]
    _refuse_nothing(project, keys, scored)
    stale = stale_runs(project)
    for key in scored:
        _add_run(connection, project, key, stale=stale.get(key.id))
    pool_folds(connection, project, scored)
    for recipe_id in sorted({key.recipe_id for key in keys}):
        insert(connection, "trials", rows=trial_rows(project.recipe(recipe_id)))
    families = [name for name, recipes in project.params.recipes.items() if recipes and project.in_sequences(name)]
    insert(connection, "sequence_tasks", rows=sequence_rows(project.params, families))
    curves = list(active_curves(project))
    drawn = [curve for curve in curves if curve.folder(project).is_dir()]
    for curve in drawn:
        add_curve(connection, project, curve)
    unscored = [key.id for key in keys if key not in done]
    unscored += [f"wide protocol of {key.id}" for key in scored if _lacks_wide(project, key)]
    unscored += [f"learning curve {curve.id}" for curve in curves if curve not in drawn]
    insert(connection, "unscored", rows=[{"id": id_} for id_ in unscored])
    counts = "SELECT count(*), count(*) FILTER (status = 'failed'), (SELECT count(*) FROM samples) FROM runs"
    runs, failed, samples = connection.execute(counts).fetchone() or (0, 0, 0)
    return Ingested(runs=runs, failed=failed, samples=samples, unscored=tuple(unscored))


def _is_scored(project: Project, key: RunKey) -> bool:
    """Whether both stages of the run have ended: each makes its folder whole, also where the run failed."""
    return all((project.record_folder(key) / stage).is_dir() for stage in ("train", "score"))


def _lacks_wide(project: Project, key: RunKey) -> bool:
    """Whether the wide protocol has yet to ask the run."""
    wide = project.params.wide
    listed = bool(wide.suites) and key.recipe in wide.recipes.get(key.family, [])
    on = project.params.wide_domains(key.family)
    asked = listed and (project.in_sequences(key.family) or key.domains[0] in on)
    return asked and not (project.record_folder(key) / "wide").is_dir()


def _refuse_nothing(project: Project, keys: list[RunKey], scored: list[RunKey]) -> None:
    if not keys:
        raise DataError(
            "no run is active",
            where=str(project.root / "params.yaml"),
            expected="recipes, domains and seeds with entries",
        )
    if not scored:
        raise DataError(
            f"none of the {len(keys)} active runs has been scored yet",
            where=str(project.root / RECORDS),
            hint="`dvc repro` trains and scores them; `harness plan` lists what it would run",
        )


def _add_run(connection: DuckDBPyConnection, project: Project, key: RunKey, *, stale: str | None) -> None:
    """Insert all rows of one run. `stale`: what has changed since it was made."""
    folder = project.record_folder(key)
    run = read_record(RunRecord, _existing(folder / "train/run.json", key, verb="train"))
    score = read_record(ScoreRecord, _existing(folder / "score/scores.json", key, verb="score"))
    _refuse_other_run(run.run_id, key, where=folder / "train/run.json", verb="train")
    _refuse_other_run(score.run_id, key, where=folder / "score/scores.json", verb="score")
    older = ancestors(run, lambda run_id: _training_of(project, run_id))
    row = run_row(run, score, older=older, prices=project.params.prices) | {"stale": stale}
    insert(connection, "runs", rows=[row])
    if row["status"] == "failed":
        return
    insert(connection, "suites", rows=suite_rows(score))
    insert(connection, "scores", rows=score_rows(score))
    add_samples(connection, _existing(folder / "score/samples.parquet", key, verb="score"), run_id=key.id)
    refuse_contradicted_figures(connection, run_id=key.id, where=folder / "score/scores.json")
    _add_wide(connection, folder / "wide", key)
    add_vectors(connection, project, key)


def _add_wide(connection: DuckDBPyConnection, folder: Path, key: RunKey) -> None:
    """What the wide protocol asked of the run, if it did. Its seconds are no cost of the run."""
    if not folder.is_dir():
        return
    wide = read_record(ScoreRecord, _existing(folder / "scores.json", key, verb="score"))
    _refuse_other_run(wide.run_id, key, where=folder / "scores.json", verb="score")
    if wide.status == "ok":
        insert(connection, "suites", rows=suite_rows(wide))
        insert(connection, "scores", rows=score_rows(wide))
        path = _existing(folder / "samples.parquet", key, verb="score")
        add_samples(connection, path, run_id=key.id, protocol=WIDE)
        refuse_contradicted_figures(connection, run_id=key.id, where=folder / "scores.json")


def _training_of(project: Project, run_id: str) -> RunRecord | None:
    """The training record of any run, also of one that params.yaml does not list; null without a record."""
    path = project.root / RECORDS / run_id / "train/run.json"
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
    raise DataError(f'the record of run "{key.id}" has no {path.name}', where=str(path), hint=again(key.id, verb=verb))
