from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from harness.config.project import Project, RunKey
from harness.items.rows import Question, content_hash, read_rows, write_rows
from harness.measure.device import prepare_device
from harness.records.run_record import ScoreRecord
from harness.scoring.ask import ask_suite
from harness.scoring.score import score, summary
from harness.training.train import train
from tests.fork_server import served_python
from tests.tree import ROOT, set_rate

FEW_SHOT = RunKey("baseline", "few_shot", ("hs_products",), 0)
ALL = ["classification", "claims"]
"""The suites of the small tree for which its domain has questions."""


@pytest.fixture(scope="session")
def scored_template(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree with a run of few_shot that is scored; do not write into it."""
    root = tmp_path_factory.mktemp("scored") / "project"
    shutil.copytree(prepared_template, root)
    project = Project(root)
    train(project, FEW_SHOT)
    score(project, FEW_SHOT, keep=True)
    return root


@pytest.fixture
def scored(scored_template: Path, tmp_path: Path) -> Project:
    root = tmp_path / "project"
    shutil.copytree(scored_template, root)
    return Project(root)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the suites that a scoring asks and that have questions; it fills while the test runs."""
    names: list[str] = []

    def noting(project: Project, name: str, **arguments: object) -> object:
        suite, samples = ask_suite(project, name, **arguments)  # type: ignore[arg-type]
        names.extend([name] if suite.protocol_hash else [])
        return suite, samples

    monkeypatch.setattr("harness.scoring.score.ask_suite", noting)
    return names


def again(project: Project, *, keep: bool = True) -> tuple[ScoreRecord, bytes]:
    """The record of another scoring, and the bytes of its samples."""
    record = score(Project(project.root), FEW_SHOT, keep=keep)
    return record, samples_file(project).read_bytes()


def samples_file(project: Project) -> Path:
    return project.record_folder(FEW_SHOT) / "score/samples.parquet"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_scoring_without_changes_asks_nothing_and_gives_the_same_bytes(scored: Project, asked: list[str]) -> None:
    before, first = json.loads((samples_file(scored).parent / "scores.json").read_text()), samples_file(scored)
    content = first.read_bytes()
    record, kept = again(scored)
    assert (asked, kept) == ([], content)
    suites = {suite.suite: suite for suite in record.suites if suite.protocol_hash}
    assert all(suites[name].kept_from for name in ALL)
    assert [suite.metrics for suite in record.suites] == [
        suite["metrics"] and suites[suite["suite"]].metrics for suite in before["suites"]
    ]
    assert record.latency is not None
    assert record.latency.kept_from
    assert record.latency.first_token_ms == before["latency"]["first_token_ms"]
    seconds = sum(suite["seconds"] or 0 for suite in before["suites"])
    assert record.kept_seconds == pytest.approx(seconds, abs=0.01)
    assert record.cost is not None
    assert record.cost.seconds > record.kept_seconds
    assert "2 suites kept from the earlier scoring" in summary(record)


def test_a_new_suite_asks_only_itself_as_a_full_scoring_would(scored: Project, asked: list[str]) -> None:
    shutil.copy(scored.root / "data/suites/claims.yaml", scored.root / "data/suites/more_claims.yaml")
    edit(scored.root / "params.yaml", "suites: [classification, ", "suites: [classification, more_claims, ")
    record, kept = again(scored)
    assert asked == ["more_claims"]
    assert [suite.suite for suite in record.suites if suite.kept_from] == ALL
    asked.clear()
    full, content = again(scored, keep=False)
    assert asked == ["classification", "more_claims", "claims"]
    assert content == kept
    assert [suite.result_hash for suite in record.suites] == [suite.result_hash for suite in full.suites]
    assert not any(suite.kept_from for suite in full.suites)


def change_weights(root: Path, _: pytest.MonkeyPatch) -> None:
    path = root / "data/bases/causal_lm/model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def change_shots(root: Path, _: pytest.MonkeyPatch) -> None:
    path = root / f"runs/{FEW_SHOT.id}/shots.json"
    shots = json.loads(path.read_text())
    shots["classify"] = shots["classify"][:-1]
    path.write_text(json.dumps(shots))


def change_tokenizer(root: Path, _: pytest.MonkeyPatch) -> None:
    edit(root / "data/bases/causal_lm/chat_template.jinja", "assistant", "helper")


def change_batch_size(root: Path, _: pytest.MonkeyPatch) -> None:
    edit(root / "params.yaml", "batch_size: 16", "batch_size: 8")


def change_precision(root: Path, _: pytest.MonkeyPatch) -> None:
    edit(root / "params.yaml", "precision: float32", "precision: bfloat16")


def change_version(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def newer(name: str) -> str:
        return "99.0" if name == "transformers" else version(name)

    monkeypatch.setattr("harness.scoring.kept.code_hash.version", newer)


def change_threads(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "harness.scoring.score.prepare_device", lambda asked: replace(prepare_device(asked), threads=77)
    )


@pytest.mark.parametrize(
    "change",
    [
        change_weights,
        change_shots,
        change_tokenizer,
        change_batch_size,
        change_precision,
        change_version,
        change_threads,
    ],
)
def test_a_change_of_the_model_or_of_the_machine_asks_every_suite(
    scored: Project, asked: list[str], monkeypatch: pytest.MonkeyPatch, change: Callable[..., None]
) -> None:
    change(scored.root, monkeypatch)
    record, _ = again(scored)
    assert asked == ALL
    assert record.latency is not None
    assert record.latency.kept_from is None


def change_question(root: Path) -> None:
    folder = root / "data/prepared/hs_products"
    path, facts = folder / "views/classify.parquet", json.loads((folder / "views.json").read_text())
    rows = read_rows(Question, path)
    place = next(place for place, row in enumerate(rows) if row.split == "test")
    rows[place] = replace(rows[place], prompt=rows[place].prompt + "!")
    write_rows(Question, rows, path)
    facts["views"]["classify"]["sha256"] = content_hash(rows)
    (folder / "views.json").write_text(json.dumps(facts))


def change_rule(root: Path) -> None:
    edit(root / "data/suites/classification.yaml", "version: 1", "version: 2")


def change_number_of_items(root: Path) -> None:
    edit(root / "params.yaml", "items_of: {}", "items_of: {classification: 7}")


@pytest.mark.parametrize("change", [change_question, change_rule, change_number_of_items])
def test_a_change_of_one_suite_asks_it_alone(scored: Project, asked: list[str], change: Callable[[Path], None]) -> None:
    change(scored.root)
    record, _ = again(scored)
    assert asked == ["classification"]
    assert [suite.suite for suite in record.suites if suite.kept_from] == ["claims"]


def test_samples_that_are_not_those_of_the_record_are_not_kept(scored: Project, asked: list[str]) -> None:
    table = pq.ParquetFile(samples_file(scored)).read()
    rows = [{**row, "answer": "?"} if row["suite"] == "claims" else row for row in table.to_pylist()]
    content = samples_file(scored).read_bytes()
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), samples_file(scored))
    assert again(scored)[1] == content
    assert asked == ["claims"]


@pytest.mark.parametrize("name", ["scores.json", "samples.parquet"])
def test_a_record_that_cannot_be_read_keeps_nothing(scored: Project, asked: list[str], name: str) -> None:
    path = samples_file(scored).with_name(name)
    path.write_bytes(path.read_bytes()[:100])
    again(scored)
    assert asked == ALL


def test_a_result_remembers_the_commit_at_which_it_was_asked(scored: Project) -> None:
    path = samples_file(scored).with_name("scores.json")
    record = json.loads(path.read_text())
    record["provenance"]["commit"] = "a" * 40
    path.write_text(json.dumps(record))
    for _ in range(2):
        kept = [suite.kept_from for suite in again(scored)[0].suites if suite.metrics]
        assert kept == ["a" * 40] * 2


def test_a_title_asks_nothing(scored: Project, asked: list[str]) -> None:
    edit(scored.root / "data/suites/claims.yaml", "title: ", "title: New ")
    again(scored)
    assert asked == []


def test_another_training_is_asked_everything(prepared: Project, asked: list[str]) -> None:
    key = RunKey("peft", "lora", ("hs_products",), 0)
    train(prepared, key)
    score(prepared, key, keep=True)
    set_rate(prepared.root / "recipes/peft/lora.yaml", "2e-4")
    asked.clear()
    project = Project(prepared.root)
    train(project, key)
    score(project, key, keep=True)
    assert asked == ALL


def dvc(root: Path, *arguments: str) -> str:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": programs, "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run(
        [served_python(), "-m", "dvc", *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_dvc_leaves_the_earlier_record_to_the_stage(scored: Project) -> None:
    root = scored.root
    code = ("score.json", "suites.json", "recipes/baseline/few_shot.json")
    for name in (*(f"runs/code/{name}" for name in code), "data/bases/encoder/none.json", "data/questions/none.json"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("{}")
    shutil.copy(root / "data/suites/claims.yaml", root / "data/suites/more_claims.yaml")
    edit(root / "params.yaml", "suites: [classification, ", "suites: [classification, more_claims, ")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    dvc(root, "init", "-q")
    told = dvc(root, "repro", "-s", "score_baseline@few_shot-hs_products-0")
    assert "2 suites kept from the earlier scoring" in told
    record = json.loads((samples_file(scored).parent / "scores.json").read_text())
    asked = {suite["suite"]: suite["kept_from"] is None for suite in record["suites"] if suite["metrics"]}
    assert asked == {"classification": False, "more_claims": True, "claims": False}
    assert "didn't change" in dvc(root, "repro", "-s", "score_baseline@few_shot-hs_products-0")
