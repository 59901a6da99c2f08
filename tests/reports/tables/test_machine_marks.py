"""Real records of three machines on one board: what is marked, and what is no longer compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.config.project import RECORDS, Project, RunKey
from harness.display.console import table_console
from harness.records.run_record import RunRecord, read_record, write_record
from harness.reports.board.rows.sorting import sort_rows
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.rendering.markdown import render
from harness.reports.rendering.readme import block
from harness.reports.rendering.terminal import chosen, show
from harness.reports.tables.leaderboard_table import full_table
from harness.reports.tables.machine_marks import mark_sentences, memory_marks, time_marks
from harness.store.ingest import ingest
from tests.reports.board_factory import board_of
from tests.store.records_factory import write_all_runs
from tests.tree import copy_tree

TFIDF, MAJORITY = "baseline/tfidf-hs_products-0", "baseline/majority-hs_products-0"


def change(project: Project, run_id: str, *, cost: dict[str, Any], provenance: dict[str, Any]) -> None:
    path = project.root / RECORDS / run_id / "train/run.json"
    record = read_record(RunRecord, path)
    changed = {
        "cost": record.cost.model_copy(update=cost),
        "provenance": record.provenance.model_copy(update=provenance),
    }
    write_record(record.model_copy(update=changed), path)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    """TF-IDF was the cheapest on another machine, majority the second cheapest while other work ran."""
    root: Path = tmp_path_factory.mktemp("machines")
    project = copy_tree(root)
    write_all_runs(project)
    change(project, TFIDF, cost={"seconds": 1.0}, provenance={"device": "a faster CPU", "threads": 8})
    change(project, MAJORITY, cost={"seconds": 2.0, "busy": True, "others_share": 0.62}, provenance={})
    ingest(project)
    return board_of(Project(project.root))


def row(board: Leaderboard, recipe: str) -> Row:
    return next(one for one in board.rows if one.recipe_id == recipe)


def test_a_row_from_another_machine_and_one_from_a_busy_machine_are_marked(board: Leaderboard) -> None:
    elsewhere, busy, plain = (row(board, name) for name in ("baseline/tfidf", "baseline/majority", "peft/lora"))
    assert (time_marks(elsewhere), memory_marks(elsewhere)) == (" †", " †")
    assert (time_marks(busy), memory_marks(busy)) == (" ‡", "")
    assert (time_marks(plain), memory_marks(plain)) == ("", "")


def test_the_cheapest_row_of_those_that_compare_comes_first(board: Leaderboard) -> None:
    for column in ("time", "cost"):
        ordered = [one.recipe_id for one in sort_rows(board.rows, column)]
        assert set(ordered[-2:]) == {"baseline/tfidf", "baseline/majority"}
    assert sort_rows(board.rows, "memory")[-1].recipe_id == "baseline/tfidf"
    scores = [one.score.value for one in sort_rows(board.rows, "accuracy") if one.score]
    assert scores == sorted(scores, reverse=True)


def test_sentences_name_rows_machines_and_the_share_of_other_work(board: Leaderboard) -> None:
    other, busy = mark_sentences(board.rows)
    assert "a faster CPU, 8 threads" in other
    assert "2 cores, 2 threads" in other
    assert "baseline/tfidf" in other
    assert "62 %" in busy
    assert "baseline/majority" in busy


def test_every_rendering_shows_marks_and_sentences(board: Leaderboard) -> None:
    for text in (render(board), block(board)):
        assert "1 s †" in text or "1.0 s †" in text
        assert "Measured on another kind of machine" in text
        assert "62 % of the machine's CPU time" in text


def test_the_terminal_shows_marks_and_sentences(board: Leaderboard, capsys: pytest.CaptureFixture[str]) -> None:
    show(chosen(board, domain=None, by="cost"), table_console(), by="cost")
    text = capsys.readouterr().out
    assert "1 s †" in text or "1.0 s †" in text
    assert "Measured on another kind of machine (a faster CPU, 8 threads) than most rows" in text
    assert "62 % of the machine's CPU time" in text


def test_nothing_is_said_about_money_where_money_does_not_compare(board: Leaderboard) -> None:
    sentences = [one for one in board.findings["hs_products"] if "fine-tunes no model and beats" in one]
    assert sentences
    assert not any("worth the money" in one for one in sentences)


def test_the_sql_table_says_which_rows_compare(board: Leaderboard) -> None:
    found = full_table(board)
    names = list(found.columns)
    rows = {
        dict(zip(names, values, strict=True))["recipe"]: dict(zip(names, values, strict=True)) for values in found.rows
    }
    assert rows["baseline/tfidf"]["usual_machine"] is False
    assert rows["baseline/majority"]["busy"] is True
    assert rows["peft/lora"]["measured_on"] == ["2 cores, 2 threads"]


def test_a_run_whose_parent_was_trained_elsewhere_marks_its_cost_with_parents(tmp_path: Path) -> None:
    project = copy_tree(tmp_path)
    write_all_runs(project)
    change(project, TFIDF, cost={}, provenance={"device": "a faster CPU"})
    key = RunKey("peft", "lora", ("hs_products",), 0)
    path = project.record_folder(key) / "train/run.json"
    write_record(read_record(RunRecord, path).model_copy(update={"parents": {"model": TFIDF}}), path)
    ingest(project)
    text = render(board_of(Project(project.root)))
    assert "§ The parents of these rows were trained on another kind of machine" in text
