from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from harness.config.project import Project
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.rendering.explanations import how_to_read
from harness.reports.rendering.markdown import render
from harness.reports.rendering.terminal import show
from harness.store.ingest import ingest
from tests.reports.board_factory import board_of, recorded_project, write_cards_of
from tests.store.records_factory import three_seeds, write_all_runs, write_run
from tests.tree import copy_tree


def recorded(root: Path, *, parent: str) -> Leaderboard:
    """Every seed of LoRA starts from the same seed of `parent`."""
    project = three_seeds(copy_tree(root))
    write_all_runs(project)
    for key in project.runs():
        if key.recipe == "lora":
            write_run(project, key, parents={"model": f"{parent}-hs_products-{key.seed}"})
    ingest(project)
    write_cards_of(project)
    return board_of(Project(root))


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    return recorded(tmp_path_factory.mktemp("parents"), parent="sft/full")


def row(board: Leaderboard, recipe: str) -> Row:
    (found,) = [row for row in board.rows if row.recipe == recipe]
    return found


def shown(board: Leaderboard) -> str:
    file = io.StringIO()
    show(board, Console(file=file, width=400, markup=False))
    return file.getvalue()


def test_a_row_has_its_own_cost_and_that_with_its_parents(board: Leaderboard) -> None:
    cost = row(board, "lora").cost
    assert (cost.train_seconds, cost.train_seconds_with_parents) == (101.0, 202.0)
    assert cost.usd == pytest.approx((101 + 50) / 3600 * 0.1)
    assert cost.usd_with_parents == pytest.approx((202 + 50) / 3600 * 0.1)
    assert row(board, "lora").parents == [f"sft/full-hs_products-{seed}" for seed in range(3)]


def test_a_row_without_parents_has_one_cost(board: Leaderboard) -> None:
    found = row(board, "full")
    assert (found.parents, found.cost.usd_with_parents) == ([], found.cost.usd)


def test_boards_show_it_where_some_row_has_parents(board: Leaderboard) -> None:
    assert "| training time with parents |" in render(board)
    assert "| USD with parents |" in render(board)
    assert "**With parents** adds" in "\n".join(how_to_read(board))
    assert shown(board).count("with parents") == 2  # below the headings of time and cost


def test_boards_do_not_show_it_elsewhere(tmp_path: Path) -> None:
    board = board_of(recorded_project(tmp_path))
    assert "with parents" not in render(board)
    assert "with parents" not in shown(board)
    assert "With parents" not in render(board)


def test_an_unknown_parent_leaves_the_cost_with_parents_unknown(tmp_path: Path) -> None:
    cost = row(recorded(tmp_path, parent="sft/gone"), "lora").cost
    assert cost.usd is not None
    assert (cost.usd_with_parents, cost.train_seconds_with_parents) == (None, None)
