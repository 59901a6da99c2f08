from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from harness.reports.board.rows.stale_rows import marked, stale_text
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.rendering.markdown import render
from harness.reports.rendering.terminal import show
from tests.reports.board_factory import board_of, recorded_project

WHY = "training: recipes/peft/lora.yaml: run modified"
SEEDS = {f"peft/lora-hs_products-{seed}": WHY for seed in (0, 1, 2)}


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    return board_of(recorded_project(tmp_path_factory.mktemp("stale")))


def stale(board: Leaderboard) -> dict[str, str]:
    return {row.recipe_id: row.stale for row in board.rows if row.stale}


def test_what_ingest_finds_stale_is_a_column_of_the_store_and_of_the_board(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.store.ingest.stale_runs", lambda project: SEEDS)
    project = recorded_project(tmp_path)
    assert stale(board_of(project)) == {"peft/lora": WHY}


def test_a_board_that_was_written_before_a_change_is_marked_now(board: Leaderboard) -> None:
    assert stale(board) == {}
    found = marked(board, {**SEEDS, "sft/full-hs_products-0": None})
    assert stale(found) == {"peft/lora": WHY}
    assert stale(marked(found, dict.fromkeys(SEEDS))) == {}  # measured again since
    assert stale(marked(found, {})) == {"peft/lora": WHY}  # no record here: the board says what it said


def test_both_boards_show_the_mark(board: Leaderboard) -> None:
    found = marked(board, SEEDS)
    assert f"(stale: {WHY})" in render(found)
    assert f"(stale: {WHY})" not in render(board)
    texts = []
    for one in (found, board):
        console = Console(file=io.StringIO(), width=200, markup=False)
        show(one, console, by="accuracy")
        assert isinstance(console.file, io.StringIO)
        texts.append(console.file.getvalue())
    assert f"stale: {WHY}" in texts[0]
    assert "stale" not in texts[1]


def test_seeds_with_different_reasons_are_told_apart() -> None:
    assert stale_text({0: None, 1: None}) is None
    assert stale_text({0: WHY, 1: WHY}) == WHY
    assert stale_text({0: WHY, 1: None, 2: WHY}) == f"seeds 0, 2: {WHY}"
    assert stale_text({0: WHY, 1: "scoring: code changed"}) == f"seed 0: {WHY}; seed 1: scoring: code changed"
