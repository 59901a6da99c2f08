from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import duckdb
import pytest

from harness.errors import DataError
from harness.store.ingest import ingest
from harness.store.query import TABLE_ROWS, ask
from harness.verbs.query import main
from tests.store.records_factory import write_all_runs
from tests.tree import copy_tree


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copy_tree(tmp_path_factory.mktemp("store"))
    write_all_runs(project)
    ingest(project)
    return project.root


@pytest.fixture
def root(template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(template)
    return template


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT run_id FROM runs",
        "FROM runs SELECT run_id",
        "WITH r AS (FROM runs) SELECT run_id FROM r",
        "DESCRIBE runs",
        "SHOW TABLES",
        "SUMMARIZE scores",
        "PIVOT scores ON metric USING avg(value) GROUP BY run_id",
        "SELECT * FROM results;",
        "FROM items",
    ],
)
def test_every_way_of_reading_is_answered(root: Path, sql: str) -> None:
    assert ask(root, sql).rows


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE runs",
        "DELETE FROM samples",
        "CREATE TABLE mine AS FROM runs",
        "COPY runs TO 'runs.csv'",
        "ATTACH 'other.db'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "SELECT 1; SELECT 2",
        "EXPLAIN ANALYZE COPY runs TO 'runs.csv'",
        "CREATE TABLE mine AS PIVOT scores ON metric USING avg(value) GROUP BY run_id; FROM mine",
        "",
        "-- nothing",
    ],
)
def test_anything_but_one_reading_statement_is_refused(root: Path, sql: str) -> None:
    before = sorted(path for path in root.rglob("*"))
    with pytest.raises(DataError) as raised:
        ask(root, sql)
    assert "read only" in raised.value.what
    assert sorted(path for path in root.rglob("*")) == before


@pytest.mark.parametrize("sql", ["FROM read_csv('params.yaml')", "FROM 'https://example.org/x.parquet'"])
def test_other_files_and_the_network_are_out_of_reach(root: Path, sql: str) -> None:
    with pytest.raises(DataError, match=r"disabled|Permission|does not exist"):
        ask(root, sql)


def test_an_error_in_the_sql_lists_the_tables(root: Path) -> None:
    with pytest.raises(DataError, match="run_di") as raised:
        ask(root, "SELECT run_di FROM runs")
    assert raised.value.hint is not None
    assert raised.value.hint.startswith(
        "tables: schema_version, runs, unscored, suites, scores, trials, curve_points, curve_samples, "
        "vectors, vector_queries, sequence_tasks, samples, results, sequence_scores, r_matrix, items"
    )


def test_without_a_store_the_next_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no store yet") as raised:
        ask(tmp_path, "FROM runs")
    assert raised.value.hint is not None
    assert "dvc repro" in raised.value.hint


def test_a_store_of_another_version_is_refused(template: Path, tmp_path: Path) -> None:
    shutil.copytree(template / "reports/parquet", tmp_path / "reports/parquet")
    file = tmp_path / "reports/parquet/schema_version.parquet"
    duckdb.execute(f"COPY (SELECT 99 AS version) TO '{file}' (FORMAT parquet)")
    with pytest.raises(DataError, match="schema version 99"):
        ask(tmp_path, "FROM runs")


def test_a_writer_in_another_process_does_not_matter(root: Path) -> None:
    with duckdb.connect(root / "reports/results.duckdb"):
        assert ask(root, "SELECT count(*) FROM runs").rows == [(6,)]


def test_json_keeps_types_and_null(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["SELECT seed, domains, reason, 'nan'::DOUBLE AS odd FROM runs LIMIT 1", "--json"])
    assert json.loads(capsys.readouterr().out) == [{"seed": 0, "domains": ["hs_products"], "reason": None, "odd": None}]


def test_csv_can_be_read_back(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["SELECT 'a,\"b\"' AS text, domains, NULL AS gone FROM runs LIMIT 1", "--csv"])
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [
        ["text", "domains", "gone"],
        ['a,"b"', '["hs_products"]', ""],
    ]


def test_a_table_in_a_pipe_is_not_cut_at_eighty_columns(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    main(["SELECT repeat('x', 50) AS one, repeat('y', 50) AS two, 0.5 AS half, NULL AS gone"])
    line = next(line for line in capsys.readouterr().out.splitlines() if "x" in line)
    for cell in ("x" * 50, "y" * 50, "0.5", "NULL"):
        assert cell in line


def test_a_long_table_says_that_it_is_cut(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["SELECT item_id FROM samples"])
    output = capsys.readouterr()
    assert len(output.out.splitlines()) == 2 + TABLE_ROWS  # the name of the column and a line below it
    assert output.err == f"the first {TABLE_ROWS} of 1,260 rows; --csv or --json prints all\n"


def test_data_cannot_steer_the_terminal(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["SELECT chr(27) || '[31mred [bold]' AS text"])
    shown = capsys.readouterr().out
    assert "\x1b[31m" not in shown
    assert "[31mred [bold]" in shown
