from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML

from harness.config.project import RECORDS, Project, RunKey
from harness.errors import DataError
from harness.records.run_record import ScoreRecord, read_record, write_record
from harness.store.ingest import Ingested, ingest
from harness.store.schema import STORE_VERSION, TABLES
from harness.verbs.ingest import main
from tests.store.records_factory import (
    CLAIMS,
    ITEMS,
    three_seeds,
    write_all_runs,
    write_failed_run,
    write_run,
    write_samples,
    write_training,
)

LORA = RunKey("peft", "lora", ("hs_products",), 0)
FULL = RunKey("sft", "full", ("hs_products",), 0)


@pytest.fixture
def recorded(project: Project) -> Project:
    """A tree in which every run has ended well."""
    write_all_runs(project)
    return project


def query(project: Project, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(project.root / "reports/results.duckdb", read_only=True) as connection:
        return connection.execute(sql).fetchall()


def hashes(project: Project) -> dict[str, str]:
    folder = project.root / "reports/parquet"
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_every_run_suite_metric_and_sample_is_in_the_store(recorded: Project) -> None:
    assert ingest(recorded) == Ingested(runs=6, failed=0, samples=6 * (ITEMS + CLAIMS))
    assert query(recorded, "SELECT version FROM schema_version") == [(STORE_VERSION,)]
    assert query(recorded, "SELECT count(*) FROM runs") == [(6,)]
    assert query(recorded, "SELECT count(*) FROM suites") == [(12,)]
    assert query(recorded, "SELECT DISTINCT metric FROM scores ORDER BY 1") == [
        ("accuracy",),
        ("auc",),
        ("balanced_accuracy",),
    ]


def test_a_run_keeps_its_figures(recorded: Project) -> None:
    ingest(recorded)
    columns = (
        "seed, domains, status, reason, budget['epochs'], round(train_usd, 6), score_seconds, tokens_per_second, "
        '"commit"'
    )
    assert query(recorded, f"SELECT {columns} FROM runs WHERE run_id = '{LORA.id}'") == [
        (0, ["hs_products"], "ok", None, 1.0, 0.002778, 50.0, 50.0, "0123456789abcdef")
    ]


def test_a_metric_that_is_not_defined_is_null(recorded: Project) -> None:
    path = recorded.record_folder(LORA) / "score/scores.json"
    path.write_text(path.read_text().replace('"value": 0.75', '"value": null'))
    ingest(recorded)
    assert query(recorded, f"SELECT value FROM scores WHERE metric = 'auc' AND run_id = '{LORA.id}'") == [(None,)]


def test_the_view_of_results_has_the_metric_of_the_board(recorded: Project) -> None:
    ingest(recorded)
    found = query(recorded, f"SELECT suite, metric, n FROM results WHERE run_id = '{LORA.id}' ORDER BY suite")
    assert found == [("claims", "balanced_accuracy", CLAIMS), ("classification", "accuracy", ITEMS)]


def test_a_failed_run_is_a_row_with_its_reason(recorded: Project) -> None:
    shutil.rmtree(recorded.record_folder(LORA))
    write_failed_run(recorded, LORA, reason="out of memory")
    assert ingest(recorded).failed == 1
    found = query(recorded, "SELECT run_id, failed_stage, reason FROM runs WHERE status = 'failed'")
    assert found == [(LORA.id, "train", "out of memory")]
    assert query(recorded, "SELECT domain, value, reason FROM results WHERE status = 'failed'") == [
        ("hs_products", None, "out of memory")
    ]


def test_folders_of_runs_that_are_not_active_are_ignored(recorded: Project) -> None:
    write_run(recorded, RunKey("peft", "lora", ("hs_products",), 7))
    assert ingest(recorded).runs == 6


def test_parquet_built_twice_is_the_same_byte_for_byte(recorded: Project) -> None:
    three_seeds(recorded)
    project = Project(recorded.root)
    write_all_runs(project)
    ingest(project)
    first = hashes(project)
    assert list(first) == sorted(f"{table}.parquet" for table in TABLES)
    shutil.rmtree(project.root / "reports/parquet")
    (project.root / "reports/results.duckdb").unlink()
    ingest(project)
    assert hashes(project) == first


@pytest.mark.parametrize(
    ("file", "verb"), [("train/run.json", "train"), ("score/scores.json", "score"), ("score/samples.parquet", "score")]
)
def test_a_missing_record_names_the_run_and_the_next_step(recorded: Project, file: str, verb: str) -> None:
    (recorded.record_folder(LORA) / file).unlink()
    with pytest.raises(DataError) as raised:
        ingest(recorded)
    assert LORA.id in raised.value.what
    assert raised.value.hint is not None
    assert "dvc repro" in raised.value.hint
    assert verb in raised.value.hint


def test_after_an_error_the_older_store_is_untouched(recorded: Project) -> None:
    ingest(recorded)
    before = hashes(recorded)
    (recorded.record_folder(LORA) / "score/scores.json").unlink()
    with pytest.raises(DataError):
        ingest(recorded)
    assert hashes(recorded) == before
    assert query(recorded, "SELECT count(*) FROM runs") == [(6,)]
    assert sorted(path.name for path in (recorded.root / "reports").iterdir()) == [
        "parquet",
        "records",
        "results.duckdb",
        "training_curves",
    ]


def test_runs_that_are_not_scored_yet_are_listed_and_the_others_are_ingested(recorded: Project) -> None:
    shutil.rmtree(recorded.record_folder(LORA) / "score")
    shutil.rmtree(recorded.record_folder(FULL))
    done = ingest(recorded)
    assert (done.runs, done.unscored) == (4, (FULL.id, LORA.id))
    assert query(recorded, "FROM unscored ORDER BY id") == [(LORA.id,), (FULL.id,)]
    assert query(recorded, f"SELECT count(*) FROM runs WHERE run_id IN ('{FULL.id}', '{LORA.id}')") == [(0,)]


def test_without_any_scored_run_the_older_store_stays(recorded: Project) -> None:
    ingest(recorded)
    before = hashes(recorded)
    shutil.rmtree(recorded.root / RECORDS)
    with pytest.raises(DataError, match="none of the 6 active runs has been scored yet"):
        ingest(recorded)
    assert hashes(recorded) == before


@pytest.mark.parametrize("stage", ["ingest", "report"])
def test_dvc_keeps_the_older_files_until_the_new_ones_are_whole(project: Project, stage: str) -> None:
    found = YAML(typ="safe").load(project.root / "dvc.yaml")["stages"][stage]
    outs = [out for name in ("outs", "metrics") for out in found.get(name, [])]
    assert outs
    for out in outs:  # DVC deletes every other output before it runs the stage
        assert isinstance(out, dict), out
        assert all(options["persist"] is True for options in out.values()), out


def test_a_record_of_another_run_is_refused(recorded: Project) -> None:
    path = recorded.record_folder(LORA) / "train/run.json"
    path.write_text(path.read_text().replace("lora-hs_products-0", "lora-hs_products-1"))
    with pytest.raises(DataError, match='the record belongs to run "peft/lora-hs_products-1"') as raised:
        ingest(recorded)
    assert "dvc repro -f -s peft@lora-hs_products-0`" in (raised.value.hint or "")


def sample(**changes: object) -> dict[str, object]:
    row = {"suite": "classification", "item_id": "q0", "cluster": "c", "gold": "a", "answer": "a", "correct": 1.0}
    return row | changes


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([sample(), sample()], "an item appears twice: classification, hs_products, q0"),
        ([sample(run_id="peft/other")], "samples of another run: peft/other"),
        ([sample(), sample(suite="surprise")], "without metrics in scores.json: surprise"),
        ([sample()], "metrics of a suite without samples: claims"),
    ],
)
def test_samples_that_contradict_the_scores_are_refused(
    recorded: Project, rows: list[dict[str, object]], message: str
) -> None:
    write_samples(recorded, LORA, rows)
    with pytest.raises(DataError, match=message):
        ingest(recorded)


def test_official_tasks_need_no_samples(recorded: Project) -> None:
    path = recorded.record_folder(LORA) / "score/scores.json"
    record = read_record(ScoreRecord, path)
    task = record.suites[0].model_copy(update={"suite": "mmlu", "kind": "lm_eval", "column": "official"})
    write_record(record.model_copy(update={"suites": [*record.suites, task]}), path)
    ingest(recorded)


def test_a_truncated_samples_file_is_named(recorded: Project) -> None:
    path = recorded.record_folder(LORA) / "score/samples.parquet"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DataError, match="cannot be read") as raised:
        ingest(recorded)
    assert raised.value.where == str(path)
    assert raised.value.hint == "score again: `dvc repro -f -s score_peft@lora-hs_products-0`, then `dvc repro`"


def test_a_samples_file_without_a_column_is_refused(recorded: Project) -> None:
    path = recorded.record_folder(LORA) / "score/samples.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE s AS SELECT * EXCLUDE (gold) FROM read_parquet('{path}')")
        connection.execute(f"COPY s TO '{path}' (FORMAT parquet)")
    with pytest.raises(DataError, match="columns missing or unknown: gold"):
        ingest(recorded)


def test_without_an_active_run_there_is_nothing_to_ingest(project: Project) -> None:
    params = project.root / "params.yaml"
    params.write_text(re.sub(r"(?m)^seeds:\n(  .*\n)+", "seeds: {}\n", params.read_text()))
    with pytest.raises(DataError, match="no run is active"):
        ingest(Project(project.root))


@contextmanager
def opened_elsewhere(database: Path) -> Iterator[None]:
    """Another process holds the database until the block ends."""
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code, str(database)], stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield
        process.communicate()


def test_a_database_that_is_open_elsewhere_is_said_clearly(recorded: Project) -> None:
    ingest(recorded)
    with opened_elsewhere(recorded.root / "reports/results.duckdb"):
        with pytest.raises(DataError, match=r"the database is open in .*PID") as raised:
            ingest(recorded)
        assert raised.value.expected == "no other process: DuckDB has one writer"
    assert ingest(recorded).runs == 6


def test_two_ingests_do_not_build_at_the_same_time(recorded: Project) -> None:
    descriptor = os.open(recorded.root / "reports", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(DataError, match="another `harness ingest` is running"):
        ingest(recorded)
    os.close(descriptor)
    assert ingest(recorded).runs == 6


def test_a_damaged_database_is_rebuilt(recorded: Project) -> None:
    (recorded.root / "reports/results.duckdb").write_text("not a database")
    ingest(recorded)
    assert query(recorded, "SELECT count(*) FROM runs") == [(6,)]


def test_the_verb_says_what_it_did(
    recorded: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_training(recorded, LORA, reason="diverged")
    monkeypatch.chdir(recorded.root)
    assert main([]) == 0
    assert capsys.readouterr().out == (
        f"ingested 6 runs (1 failed), {5 * (ITEMS + CLAIMS):,} samples -> reports/results.duckdb, reports/parquet/\n"
    )


def test_the_verb_lists_what_is_not_scored_yet(
    recorded: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(recorded.record_folder(LORA) / "score")
    monkeypatch.chdir(recorded.root)
    assert main([]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"not scored yet: {LORA.id}"


def test_a_new_price_changes_the_money_without_a_new_run(recorded: Project) -> None:
    ingest(recorded)
    path = recorded.root / "params.yaml"
    path.write_text(path.read_text().replace("cpu_core_hour: 0.05", "cpu_core_hour: 0.36"))
    again = Project(recorded.root)
    ingest(again)
    usd = f"SELECT round(train_usd, 6) FROM runs WHERE run_id = '{LORA.id}'"
    assert query(again, usd) == [(0.02,)]  # 100 s on two cores


def test_what_the_wide_protocol_asked_is_in_the_store_and_no_cost_of_the_run(recorded: Project) -> None:
    ingest(recorded)
    cost = query(recorded, "SELECT score_seconds FROM runs ORDER BY run_id")
    folder = recorded.record_folder(LORA)
    record = read_record(ScoreRecord, folder / "score/scores.json")
    asked = record.suites[0].model_copy(update={"suite": "style", "protocol": "wide"})
    samples = [
        row | {"suite": "style"}
        for row in rows_of(folder / "score/samples.parquet")
        if row["suite"] == "classification"
    ]
    (folder / "wide").mkdir()
    write_record(record.model_copy(update={"suites": [asked]}), folder / "wide/scores.json")
    pq.write_table(pa.Table.from_pylist(samples), folder / "wide/samples.parquet")
    ingest(recorded)
    found = query(recorded, "SELECT run_id, suite FROM suites WHERE protocol = 'wide'")
    assert found == [(LORA.id, "style")]
    assert query(recorded, "SELECT count(*) FROM samples WHERE suite = 'style'") == [(len(samples),)]
    assert query(recorded, "SELECT score_seconds FROM runs ORDER BY run_id") == cost


def test_a_run_that_the_wide_protocol_has_yet_to_ask_is_listed(recorded: Project) -> None:
    params = recorded.root / "params.yaml"
    wide = "wide: {suites: [style], recipes: {peft: [lora]}}\nofficial:"
    params.write_text(params.read_text().replace("\nofficial:", f"\n{wide}", 1))
    assert ingest(Project(recorded.root)).unscored == (f"wide protocol of {LORA.id}",)
    params.write_text(params.read_text().replace("wide: {", "wide: {domains: first, "))
    text = params.read_text().replace("\ndomains: [hs_products", "\ndomains: [icd10, hs_products", 1)
    params.write_text(text)
    assert f"wide protocol of {LORA.id}" not in ingest(Project(recorded.root)).unscored


def rows_of(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows
