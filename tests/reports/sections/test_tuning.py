from __future__ import annotations

from pathlib import Path

import pytest

from harness.display.numbers import UNKNOWN
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.rendering.markdown import render
from harness.reports.rendering.terminal import show
from harness.reports.sections.tuning.read import edge_of
from harness.reports.tables.cell_texts import trials_text
from harness.store.ingest import ingest
from tests.reports.board_factory import board_of, recorded_project
from tests.store.test_trials import TUNED


def tuned_board(root: Path, tuned: str) -> Leaderboard:
    project = recorded_project(root)
    path = project.root / "recipes/peft/lora.yaml"
    path.write_text(path.read_text() + tuned)
    ingest(project)
    return board_of(project)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    return tuned_board(tmp_path_factory.mktemp("tuned"), TUNED)


def row_of(board: Leaderboard, recipe: str) -> Row:
    (found,) = [row for row in board.rows if row.recipe == recipe]
    return found


def test_a_row_says_how_often_its_recipe_was_tried(board: Leaderboard) -> None:
    assert trials_text(row_of(board, "lora")) == "3"


def test_a_recipe_that_is_trained_and_was_never_tuned_has_no_trial(board: Leaderboard) -> None:
    assert trials_text(row_of(board, "full")) == "0"


@pytest.mark.parametrize("recipe", ["majority", "tfidf", "zero_shot", "few_shot"])
def test_where_nothing_is_trained_there_is_a_dash(board: Leaderboard, recipe: str) -> None:
    assert trials_text(row_of(board, recipe)) == UNKNOWN


def test_the_section_shows_every_value_with_its_score_or_reason(board: Leaderboard) -> None:
    section = render(board).partition("## Tuning\n")[2].partition("## How to read it")[0]
    (line,) = [line for line in section.splitlines() if line.startswith("| peft/lora")]
    assert "| hs_products, 2026-11-23 | tiny-random-llama | 24 | learning_rate |" in line
    scores = "accuracy: 0.0003: 50.0; 0.001: 60.0; 0.003: failed (diverged: the loss became nan at step 3)"
    assert f"| {scores} | 0.001 | 3 | 23 s |" in line
    assert "Trained without tuning: sft/full." in section


def test_a_value_at_the_edge_of_its_grid_is_marked_everywhere(tmp_path: Path) -> None:
    higher = TUNED.replace("score: 0.5,", "score: 0.7,").replace(
        "chosen: 1e-3\n  validation_score: 0.6", "chosen: 3e-4"
    )
    board = tuned_board(tmp_path, f"{higher.rstrip()}\n  validation_score: 0.7\n")
    row = row_of(board, "lora")
    assert (row.trials, row.tuning_edge) == (3, "lowest")
    assert trials_text(row) == "3, edge"
    assert "| 0.0003 (edge: lowest) |" in render(board)


def test_the_reader_learns_what_a_trial_is_only_where_there_are_some(board: Leaderboard) -> None:
    assert "**Tuning trials** is the number of values" in render(board)
    rows = [row.model_copy(update={"trials": None}) for row in board.rows]
    bare = render(board.model_copy(update={"rows": rows, "tuning": {}}))
    assert "Tuning trials**" not in bare
    assert "## Tuning" not in bare


def test_a_wide_terminal_shows_the_trials(board: Leaderboard) -> None:
    import io

    from rich.console import Console

    file = io.StringIO()
    show(board, Console(file=file, width=300, markup=False, highlight=False))
    assert " trials " in file.getvalue()


def test_an_edge_is_the_end_of_a_grid_that_has_two() -> None:
    assert edge_of([1, 2, 3], 1) == "lowest"
    assert edge_of([1, 2, 3], 3) == "highest"
    assert edge_of([1, 2, 3], 2) is None
    assert edge_of([1], 1) is None


def test_a_setting_tuned_on_another_base_model_is_marked_everywhere(tmp_path: Path) -> None:
    board = tuned_board(tmp_path, TUNED.replace("tiny-random-llama", "SmolLM2-135M-Instruct"))
    row = row_of(board, "lora")
    assert (row.base_model, row.tuned_on) == ("tiny-random-llama", "SmolLM2-135M-Instruct")
    assert trials_text(row) == "3, tuned on SmolLM2-135M-Instruct"
    warning = "Not tuned on the base model of their rows: peft/lora (tuned on SmolLM2-135M-Instruct)."
    assert warning in render(board)


def test_a_setting_tuned_on_the_rows_base_model_has_no_mark(board: Leaderboard) -> None:
    assert row_of(board, "lora").tuned_on is None
    assert "Not tuned on the base model" not in render(board)
