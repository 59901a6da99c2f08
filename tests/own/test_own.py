"""Rows of one's own: measured beside the published records, which stay as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.config.project import Project, RunKey
from harness.fingerprint.fingerprint import fingerprints
from harness.own.board_here import OWN_MARK, board_here, origins
from harness.own.follow import follow
from harness.own.inputs import code_of
from harness.own.measure import score_own, train_own
from harness.own.own_project import UP_TO_DATE, OwnProject, own_runs
from harness.running.starter import agreements, starter_runs
from harness.scoring.score import score
from harness.training.train import train
from tests.tree import ROOT

KEY = RunKey("baseline", "majority", ("hs_products",), 0)
REFERENCE = RunKey("baseline", "tfidf", ("hs_products",), 0)
CODE = {"score.json": "1", "suites.json": "1"}


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The code of the stages, which a test may change; the tree itself has none."""
    code = {**CODE, **{f"recipes/{recipe}.json": "1" for recipe in ("baseline/majority", "baseline/tfidf")}}
    for user in ("measure", "board_here"):
        monkeypatch.setattr(f"harness.own.{user}.code_of", lambda project, runs: code)
    return code


@pytest.fixture
def published(prepared: Project) -> Project:
    """A tree with the records of two runs."""
    for key in (KEY, REFERENCE):
        train(prepared, key)
        score(prepared, key)
    return prepared


@pytest.fixture
def own(published: Project, code: dict[str, str]) -> OwnProject:
    """The same with one of them measured again as one's own."""
    project = OwnProject(published.root)
    train_own(project, KEY)
    score_own(project, KEY)
    return project


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_published_records_and_weights_stay_as_they_are(published: Project, code: dict[str, str]) -> None:
    before = {folder: files(published.root / folder) for folder in ("reports/records", "runs/baseline")}
    project = OwnProject(published.root)
    train_own(project, KEY)
    score_own(project, KEY)
    assert {folder: files(published.root / folder) for folder in before} == before
    assert list(own_runs(published.root)) == [KEY]
    assert agreements(published, [KEY])[0].in_words == "equal to the last byte"


def test_an_own_run_is_repeated_only_when_something_changed(own: OwnProject, code: dict[str, str]) -> None:
    assert UP_TO_DATE in train_own(own, KEY)
    assert UP_TO_DATE in score_own(own, KEY)
    code["score.json"] = "2"
    assert UP_TO_DATE in train_own(own, KEY)
    assert UP_TO_DATE not in score_own(own, KEY)
    code["recipes/baseline/majority.json"] = "2"
    assert UP_TO_DATE not in train_own(own, KEY)
    assert not (own.record_folder(KEY) / "score").exists()  # scores of the weights before
    assert UP_TO_DATE not in score_own(own, KEY)


def test_changed_settings_make_an_own_run_stale(own: OwnProject) -> None:
    params = own.root / "params.yaml"
    params.write_text(params.read_text().replace("train_examples: ", "train_examples: 1"))
    assert UP_TO_DATE not in train_own(OwnProject(own.root), KEY)


def test_the_board_shows_every_record_and_says_which_are_ones_own(own: OwnProject) -> None:
    board = board_here(Project(own.root))
    marks = {row.recipe_id: row.marks for row in board.rows}
    assert OWN_MARK in marks["baseline/majority"]
    assert OWN_MARK not in marks["baseline/tfidf"]
    assert not (own.root / "reports/leaderboard.json").exists()
    assert "2 rows" in origins(board)


def test_a_record_counts_whether_params_lists_it_or_not(published: Project) -> None:
    params = published.root / "params.yaml"
    params.write_text(params.read_text().replace("baseline: [majority, ", "baseline: ["))
    rows = {row.recipe_id for row in board_here(Project(published.root)).rows}
    assert rows == {"baseline/majority", "baseline/tfidf"}


def test_the_board_is_built_again_only_when_a_record_is_newer(own: OwnProject, monkeypatch: pytest.MonkeyPatch) -> None:
    first = board_here(Project(own.root))
    built: list[Project] = []
    monkeypatch.setattr("harness.own.board_here.ingest", built.append)
    assert board_here(Project(own.root)) == first
    assert built == []
    (own.record_folder(KEY) / "train/run.json").touch()
    monkeypatch.undo()
    shutil.rmtree(own.root / "runs/own")
    board = board_here(Project(own.root))
    assert not any(OWN_MARK in row.marks for row in board.rows)


def test_live_shows_the_board_again_when_a_run_is_finished(published: Project) -> None:
    shown: list[int] = []

    def sleep(_seconds: float) -> None:
        if len(shown) == 1:
            (published.record_folder(KEY) / "score/scores.json").touch()

    assert follow(lambda: shown.append(1), project=published, sleep=sleep, times=3) == 0
    assert len(shown) == 2


def test_starter_rows_are_those_that_params_lists(published: Project) -> None:
    runs = starter_runs(Project(published.root))
    assert [run.recipe_id for run in runs] == ["baseline/tfidf", "peft/lora"]
    assert {run.domains for run in runs} == {("hs_products",)}
    params = published.root / "params.yaml"
    params.write_text(params.read_text().replace("peft: [lora]", "peft: []"))
    assert [run.recipe_id for run in starter_runs(Project(published.root))] == ["baseline/tfidf"]


def test_an_own_run_depends_on_the_code_of_its_scoring_and_of_all_that_it_starts_from() -> None:
    project = Project(ROOT)
    code = code_of(project, [RunKey("preference", "dpo", ("hs_products",), 0)])
    recipes = {f"recipes/{name}.json" for name in ("preference/dpo", "peft/lora", "reward/model", "reward/judge")}
    assert set(code) == {*recipes, "score.json", "suites.json", "wide_suites.json"}
    assert code.items() <= fingerprints(project).items()
