from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from pyarrow import parquet

from harness.errors import ConfigError, DataError
from harness.store.exports.files import export_to_file
from harness.store.exports.run_rows import run_rows
from harness.store.exports.trackers.contract import Tracker, export_to_tracker
from harness.store.exports.trackers.mlflow_runs import TAG, MlflowRuns, client
from harness.store.exports.trackers.trackio_runs import TrackioRuns
from harness.store.exports.trackers.wandb_runs import WandbRuns, wandb_id
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


@pytest.mark.parametrize(
    ("package", "called", "make"),
    [
        ("mlflow", "MLflow", lambda folder: client("sqlite:///x.db")),
        ("wandb", "Weights & Biases", lambda folder: WandbRuns(folder, project="p")),
        ("trackio", "Trackio", lambda folder: TrackioRuns(project="p")),
    ],
)
def test_without_the_tracker_the_error_says_how_to_install_it(
    package: str, called: str, make: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"{package}.tracking", raising=False)
    with pytest.raises(ConfigError, match=f"{called} is not installed") as raised:
        make(tmp_path)
    assert raised.value.hint == f"pip install {package}"


def test_a_tracker_takes_no_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    with pytest.raises(ConfigError, match="a tracker has none"):
        main(["--to", "wandb", "--out", "runs.csv"])


class MlflowClient:
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


class WandbModule(ModuleType):
    """As much of wandb as an export uses; a run's folder is on the disk, as wandb makes it."""

    def __init__(self) -> None:
        super().__init__("wandb")
        self.runs: list[dict[str, Any]] = []

    def Settings(self, **settings: object) -> dict[str, object]:  # noqa: N802, the name is wandb's
        return settings

    def init(self, **arguments: Any) -> Any:
        folder = Path(arguments["dir"]) / "wandb" / f"offline-run-{len(self.runs):03}-{arguments['id']}"
        (folder / "files").mkdir(parents=True)
        run = arguments | {"metrics": {}}
        self.runs.append(run)
        return SimpleNamespace(
            dir=str(folder / "files"), log=run["metrics"].update, finish=lambda exit_code: run.update(code=exit_code)
        )


class TrackioModule(ModuleType):
    """As much of Trackio as an export uses, in memory."""

    def __init__(self) -> None:
        super().__init__("trackio")
        self.runs: dict[str, Any] = {}

    def init(self, *, name: str, config: dict[str, Any], **others: object) -> None:
        assert name not in self.runs
        run = SimpleNamespace(name=name, config=config, metrics={}, delete=lambda: self.runs.pop(name))
        self.runs[name], self.log, self.finish = run, run.metrics.update, lambda: None

    def Api(self) -> Any:  # noqa: N802, the name is Trackio's
        def runs(project: str) -> list[Any]:
            if not self.runs:
                raise ValueError(f"Project '{project}' does not exist")
            return list(self.runs.values())

        return SimpleNamespace(runs=runs)


def exported(rows: list[dict[str, Any]], make: Callable[[], Tracker]) -> None:
    """Export three times, each time by another tracker object, as three commands would."""
    assert export_to_tracker(rows, make()) == {"added": 10, "replaced": 0, "kept": 0}
    assert export_to_tracker(rows, make()) == {"added": 0, "replaced": 0, "kept": 10}
    changed = [*rows[:4], rows[4] | {"train_usd": 99.0}, *rows[5:]]
    assert export_to_tracker(changed, make()) == {"added": 0, "replaced": 1, "kept": 9}
    assert export_to_tracker(changed, make()) == {"added": 0, "replaced": 0, "kept": 10}


def test_mlflow_gets_each_run_once_and_a_changed_run_anew(root: Path) -> None:
    rows, tracker = rows_of(root), MlflowClient()
    exported(rows, lambda: MlflowRuns(tracker, experiment="e"))
    assert sorted(run["tags"][TAG] for run in tracker.runs.values()) == sorted(row["run_id"] for row in rows)
    lora = next(run for run in tracker.runs.values() if run["tags"][TAG] == "peft/lora-hs_products-1")
    assert "classification/hs_products/accuracy" in lora["metrics"]
    assert lora["params"]["recipe"] == "peft/lora"
    assert {run["status"] for run in tracker.runs.values()} == {"FINISHED", "FAILED"}


def test_wandb_gets_each_run_once_and_a_changed_run_under_its_id_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, rows = WandbModule(), rows_of(root)
    monkeypatch.setitem(sys.modules, "wandb", module)
    monkeypatch.delenv("WANDB_MODE", raising=False)
    exported(rows, lambda: WandbRuns(tmp_path, project="p"))
    assert len(module.runs) == 11
    assert len(list(tmp_path.glob("wandb/*run-*"))) == 10
    changed = str(rows[4]["run_id"])
    assert [run["name"] for run in module.runs if run["id"] == wandb_id(changed)] == [changed, changed]
    assert {run["mode"] for run in module.runs} == {"offline"}
    lora = next(run for run in module.runs if run["name"] == "peft/lora-hs_products-1")
    assert "classification/hs_products/accuracy" in lora["metrics"]
    assert lora["config"]["recipe"] == "peft/lora"
    assert WandbRuns(tmp_path, project="another").known() == {}
    failed = next(run for run in module.runs if run["name"] == "baseline/majority-hs_products-0")
    assert (failed["code"], lora["code"]) == (1, 0)


def test_two_run_ids_never_get_one_id_of_wandb() -> None:
    assert wandb_id("a/b-c-0") != wandb_id("a-b/c-0")
    assert "/" not in wandb_id("a/b-c-0")


def test_trackio_gets_each_run_once_and_a_changed_run_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, rows = TrackioModule(), rows_of(root)
    monkeypatch.setitem(sys.modules, "trackio", module)
    exported(rows, lambda: TrackioRuns(project="p"))
    assert sorted(module.runs) == sorted(row["run_id"] for row in rows)
    lora = module.runs["peft/lora-hs_products-1"]
    assert "classification/hs_products/accuracy" in lora.metrics
    assert lora.config["recipe"] == "peft/lora"
