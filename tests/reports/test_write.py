from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from harness.config.project import RECORDS, Project
from harness.errors import DataError
from harness.reports.board.findings import SMOKE
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.rendering.readme import block
from harness.reports.rendering.terminal import show
from harness.reports.write import build, write
from harness.store.ingest import ingest
from harness.verbs.report import main
from tests.reports.board_factory import board_of, recorded_project

FILES = ["leaderboard.json", "leaderboard.md", "details.md", "leaderboard.html", "metrics.json"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return recorded_project(tmp_path_factory.mktemp("board"))


@pytest.fixture(scope="module")
def board(project: Project) -> Leaderboard:
    return board_of(project)


def test_the_verb_writes_the_files_and_prints_the_findings(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.root)
    assert main([]) == 0
    assert set(FILES) <= {path.name for path in (project.root / "reports").iterdir()}
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"hs_products: {SMOKE}"
    assert lines[1].startswith("hs_products: Highest score: ")
    assert lines[-1] == f"wrote 6 rows -> reports/: {', '.join(FILES)}, domains/, figures/"


def test_the_same_store_gives_the_same_bytes(project: Project, board: Leaderboard) -> None:
    def contents() -> list[bytes]:
        return [(project.root / "reports" / name).read_bytes() for name in FILES]

    write(board, project)
    first = contents()
    write(board_of(Project(project.root)), project)
    assert contents() == first


def test_the_json_has_the_keys_that_other_tools_read(project: Project, board: Leaderboard) -> None:
    write(board, project)
    content = json.loads((project.root / "reports/leaderboard.json").read_text())
    assert content["schema"] == 2
    (row,) = [row for row in content["rows"] if row["recipe"] == "lora"]
    keys = "domain family recipe seeds n score delta hallucination safety retention memory cost trainable_parameters"
    assert set(f"{keys} saved_bytes latency_ms status reason".split()) <= set(row)
    assert {"metric", "value", "low", "high"} <= set(row["score"])
    assert {"reference", "value", "low", "high", "verdict"} <= set(row["delta"])
    assert {"suite", "metric", "value", "low", "high", "n", "auc", "reason"} <= set(row["hallucination"])
    assert {"may_be_best", "first", "last", "p_best"} <= set(row["rank"])
    assert {"train_peak_mb", "score_peak_mb"} <= set(row["memory"])
    assert {"usd", "train_seconds", "score_seconds"} <= set(row["cost"])
    assert row["status"] in ("ok", "failed")


def test_the_protocol_holds_the_conditions(board: Leaderboard) -> None:
    protocol = board.protocol
    assert (protocol.profiles, protocol.base_models, protocol.devices) == (
        ["smoke"],
        ["tiny-random-llama"],
        ["2 cores, 2 threads"],
    )
    assert protocol.budget == {"train_examples": 64, "epochs": 1, "max_length": 256}
    assert protocol.suites["claims"].protocol_hashes == {"hs_products": ["older", "p1"]}
    assert (protocol.commits, protocol.dirty) == (["0123456789abcdef"], False)


def test_the_metrics_are_nested_rounded_and_without_rows_of_another_protocol(
    project: Project, board: Leaderboard
) -> None:
    write(board, project)
    metrics = json.loads((project.root / "reports/metrics.json").read_text())
    recipes = metrics["hs_products"]
    assert list(recipes) == sorted(recipes)
    assert "baseline/few_shot" not in recipes
    (lora,) = [row for row in board.rows if row.recipe == "lora"]
    assert lora.score is not None
    assert lora.delta is not None
    assert recipes["peft/lora"] == {"score": round(lora.score.value, 3), "delta": round(lora.delta.value, 3)}
    assert set(recipes["baseline/zero_shot"]) == {"score"}
    assert recipes["baseline/majority"] == {"failed_seeds": 1}
    assert set(recipes["sft/full"]) == {"score", "delta", "failed_seeds"}


def test_a_new_title_reaches_the_board_without_a_new_run(tmp_path: Path) -> None:
    project = recorded_project(tmp_path)
    recipe = tmp_path / "recipes/baseline/tfidf.yaml"
    old = project.recipe("baseline/tfidf").about.title
    recipe.write_text(recipe.read_text().replace(f"title: {old}", "title: Counted words"))
    renamed = board_of(Project(tmp_path))
    assert "Counted words" in [row.title for row in renamed.rows]
    assert any("Counted words (baseline/tfidf)" in sentence for sentence in renamed.findings["hs_products"])
    recipe.unlink()
    assert old in [row.title for row in board_of(Project(tmp_path)).rows]


def test_a_board_of_another_version_is_refused(board: Leaderboard, tmp_path: Path) -> None:
    from harness.reports.contract.leaderboard_file import board_json, read_board_file

    (tmp_path / "leaderboard.json").write_text(board_json(board))
    assert read_board_file(tmp_path) == board
    (tmp_path / "leaderboard.json").write_text(board_json(board).replace('"schema": 2', '"schema": 1'))
    with pytest.raises(DataError, match="not a board that this version can read: schema"):
        read_board_file(tmp_path)


def test_without_a_store_there_is_no_report(tmp_path: Path, project: Project) -> None:
    (tmp_path / "params.yaml").write_bytes((project.root / "params.yaml").read_bytes())
    with pytest.raises(DataError, match="there is no store yet"):
        build(Project(tmp_path), sources=[])


def test_a_partial_matrix_gives_a_partial_board_that_names_what_is_not_scored(tmp_path: Path) -> None:
    project = recorded_project(tmp_path)
    gone = ["baseline/zero_shot-hs_products-0", "peft/lora-hs_products-1"]
    for run in gone:
        shutil.rmtree(project.root / RECORDS / run / "score")
    ingest(project)
    board = board_of(project)
    assert board.unscored == gone
    assert [row.seeds for row in board.rows if row.recipe == "lora"] == [[0, 2]]
    assert not [row for row in board.rows if row.recipe == "zero_shot" or row.delta]
    write(board, project)
    sentence = f"Not scored yet: {', '.join(gone)}"
    assert sentence in (project.root / "reports/leaderboard.md").read_text().replace("\\", "")
    assert sentence in block(board).replace("\\", "")
    console = Console(file=io.StringIO(), width=250)
    show(board, console)
    assert isinstance(console.file, io.StringIO)
    assert sentence in console.file.getvalue()
