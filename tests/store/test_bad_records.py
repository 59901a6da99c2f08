"""Records that cannot be true, or that two machines made, are refused with what is wrong and what to do."""

from __future__ import annotations

import errno
import subprocess
from pathlib import Path

import pytest

from harness.config.project import Project, RunKey
from harness.errors import DataError
from harness.measure.provenance import git_state
from harness.records.run_record import ScoreRecord, read_record, write_record
from harness.store.ingest import ingest
from tests.store.records_factory import ITEMS, write_all_runs

LORA = RunKey("peft", "lora", ("hs_products",), 0)


@pytest.fixture
def recorded(project: Project) -> Project:
    write_all_runs(project)
    return project


def scores(project: Project) -> Path:
    return project.record_folder(LORA) / "score/scores.json"


def with_figure(project: Project, suite: str, metric: str, **changes: float) -> None:
    record = read_record(ScoreRecord, scores(project))
    for one in record.suites:
        if one.suite == suite:
            one.metrics[metric] = one.metrics[metric].model_copy(update=changes)
    write_record(record, scores(project))


@pytest.mark.parametrize(
    ("suite", "metric", "changes"),
    [
        ("classification", "accuracy", {"value": 0.99}),
        ("classification", "accuracy", {"n": ITEMS + 1}),
        ("claims", "balanced_accuracy", {"value": 0.99}),
    ],
)
def test_a_figure_that_the_samples_contradict_is_refused(
    recorded: Project, suite: str, metric: str, changes: dict[str, float]
) -> None:
    ingest(recorded)
    before = (recorded.root / "reports/results.duckdb").read_bytes()
    with_figure(recorded, suite, metric, **changes)
    with pytest.raises(DataError, match=f"{suite} on hs_products: {metric} is .*, but the samples say 0") as raised:
        ingest(recorded)
    assert raised.value.where == str(scores(recorded))
    assert "restore it with git" in (raised.value.hint or "")
    assert (recorded.root / "reports/results.duckdb").read_bytes() == before


def test_a_difference_in_the_order_of_a_sum_is_no_contradiction(recorded: Project) -> None:
    record = read_record(ScoreRecord, scores(recorded))
    value = next(one for one in record.suites if one.suite == "classification").metrics["accuracy"].value
    assert value is not None
    with_figure(recorded, "classification", "accuracy", value=value + 1e-9)
    assert ingest(recorded).runs == 6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[: len(text) // 2], "is not JSON, or is cut off"),
        (lambda text: "[]\n", "is not a record"),
        (lambda text: text.replace('"schema_version": 1', '"schema_version": 99'), "schema version 99"),
        (lambda text: text.replace('"status": "ok"', '"status": "fine"'), "not a valid ScoreRecord"),
        (
            lambda text: f"{{\n<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> theirs\n",
            "two machines made a record of the same run",
        ),
    ],
)
def test_a_damaged_record_is_named(recorded: Project, change, message: str) -> None:  # type: ignore[no-untyped-def]
    scores(recorded).write_text(change(scores(recorded).read_text()))
    with pytest.raises(DataError, match=message) as raised:
        ingest(recorded)
    assert raised.value.where == str(scores(recorded))


def test_a_full_disk_leaves_the_old_store(recorded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(recorded)
    reports = recorded.root / "reports"
    before = {path: path.read_bytes() for path in reports.rglob("*") if path.is_file()}

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("harness.store.ingest.add_samples", full)
    with pytest.raises(OSError, match="No space left"):
        ingest(recorded)
    assert {path: path.read_bytes() for path in reports.rglob("*") if path.is_file()} == before


def test_a_clone_without_git_history_has_no_commit(tmp_path: Path) -> None:
    assert git_state(tmp_path) == (None, None)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    assert git_state(tmp_path) == (None, None)


def test_training_curves_stand_in_one_folder_for_dvc_plots(recorded: Project) -> None:
    curve = recorded.record_folder(LORA) / "train/curve.csv"
    curve.write_text("step,loss\n1,0.5\n")
    other = recorded.record_folder(RunKey("baseline", "tfidf", ("hs_products",), 0)) / "train/curve.csv"
    other.write_text("step,strength\n1,0.5\n")
    ingest(recorded)
    folder = recorded.root / "reports/training_curves"
    assert [path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")] == ["peft/lora-hs_products-0.csv"]
    assert (folder / "peft/lora-hs_products-0.csv").read_text() == "step,loss\n1,0.5\n"
