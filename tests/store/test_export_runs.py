from __future__ import annotations

import csv
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyarrow import parquet

from harness.errors import ConfigError, DataError
from harness.store.exports.files import export_to_file
from harness.store.exports.run_rows import run_rows
from harness.store.exports.tracker import TAG, client, export_to_mlflow
from harness.store.parquet_views import open_store
from harness.verbs.export_runs import main
from tests.reports.board_factory import recorded_project

ACCURACY = "metric:classification:hs_products:accuracy"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded_project(tmp_path_factory.mktemp("exported")).root


def rows_of(root: Path) -> list[dict[str, Any]]:
    connection = open_store(root)
    try:
        return run_rows(connection)
    finally:
        connection.close()


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_export_can_be_repeated_and_adds_to_what_is_there(root: Path, tmp_path: Path, form: str) -> None:
    rows, path = rows_of(root), tmp_path / f"runs.{form}"
    assert export_to_file(rows[:3], path, form=form) == 3
    assert export_to_file(rows, path, form=form) == len(rows)
    first = path.read_bytes()
    assert export_to_file(rows[1:4], path, form=form) == len(rows)
    assert path.read_bytes() == first


def test_both_formats_hold_the_same_figures(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    assert main(["--to", "csv", "--out", str(tmp_path / "runs.csv")]) == 0
    assert main(["--to", "parquet", "--out", str(tmp_path / "runs.parquet")]) == 0
    assert "10 runs -> " in capsys.readouterr().out
    with (tmp_path / "runs.csv").open(newline="") as file:
        texts = {row["run_id"]: row for row in csv.DictReader(file)}
    typed = {row["run_id"]: row for row in parquet.read_table(tmp_path / "runs.parquet").to_pylist()}
    assert texts.keys() == typed.keys()
    lora = typed["peft/lora-hs_products-1"]
    assert lora[ACCURACY] == float(texts["peft/lora-hs_products-1"][ACCURACY])
    assert lora["domains"] == '["hs_products"]'
    failed = typed["baseline/majority-hs_products-0"]
    assert (failed["status"], failed[ACCURACY]) == ("failed", None)
    assert texts["baseline/majority-hs_products-0"][ACCURACY] == ""


def test_a_file_of_something_else_is_not_overwritten(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="the file is no export of runs"):
        export_to_file(rows_of(root), path, form="csv")
    assert path.read_text() == "a,b\n1,2\n"


def test_without_mlflow_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    monkeypatch.delitem(sys.modules, "mlflow.tracking", raising=False)
    with pytest.raises(ConfigError, match="MLflow is not installed") as raised:
        client("sqlite:///x.db")
    assert raised.value.hint == "pip install mlflow"


class Tracker:
    """As much of MLflow's client as an export uses, in memory."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {}

    def get_experiment_by_name(self, name: str) -> Any:
        return SimpleNamespace(experiment_id=name) if self.runs else None

    def create_experiment(self, name: str) -> str:
        return name

    def search_runs(self, experiments: list[str], page_token: str | None = None) -> Any:
        class Page(list[Any]):
            token = None

        found = [
            SimpleNamespace(info=SimpleNamespace(run_id=own), data=SimpleNamespace(tags=run["tags"]))
            for own, run in self.runs.items()
        ]
        return Page(found)

    def create_run(self, experiment: str, run_name: str, tags: dict[str, str]) -> Any:
        own = f"m{len(self.runs)}-{run_name}"
        self.runs[own] = {"tags": tags, "params": {}, "metrics": {}}
        return SimpleNamespace(info=SimpleNamespace(run_id=own))

    def delete_run(self, own: str) -> None:
        del self.runs[own]

    def log_param(self, own: str, name: str, value: str) -> None:
        self.runs[own]["params"][name] = value

    def log_metric(self, own: str, name: str, value: float) -> None:
        self.runs[own]["metrics"][name] = value

    def set_terminated(self, own: str, status: str) -> None:
        self.runs[own]["status"] = status


def test_a_tracker_gets_each_run_once_and_a_changed_run_anew(root: Path) -> None:
    rows, tracker = rows_of(root), Tracker()
    assert export_to_mlflow(rows, tracker, experiment="e") == {"added": 10, "replaced": 0, "kept": 0}
    assert export_to_mlflow(rows, tracker, experiment="e") == {"added": 0, "replaced": 0, "kept": 10}
    rows[4] = rows[4] | {"train_usd": 99.0}
    assert export_to_mlflow(rows, tracker, experiment="e") == {"added": 0, "replaced": 1, "kept": 9}
    assert sorted(run["tags"][TAG] for run in tracker.runs.values()) == sorted(row["run_id"] for row in rows)
    lora = next(run for run in tracker.runs.values() if run["tags"][TAG] == "peft/lora-hs_products-1")
    assert "classification/hs_products/accuracy" in lora["metrics"]
    assert lora["params"]["recipe"] == "peft/lora"
