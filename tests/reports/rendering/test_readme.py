import subprocess

import pytest

from harness.config.project import Project
from harness.errors import DataError
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.rendering.readme import BEGIN, END, block, with_board
from harness.verbs.report import main
from tests.reports.board_factory import board_of, recorded_project
from tests.tree import ROOT


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    return board_of(recorded_project(tmp_path_factory.mktemp("board")))


def committed(path: str) -> str:
    done = subprocess.run(["git", "show", f"HEAD:{path}"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_committed_readme_shows_the_committed_board() -> None:
    board = Leaderboard.model_validate_json(committed("reports/leaderboard.json"))
    readme = committed("README.md")
    assert with_board(readme, board) == readme


def test_the_block_is_replaced_and_the_rest_stays(board: Leaderboard) -> None:
    text = with_board(f"# Title\n{BEGIN}\nold\n{END}\nrest\n", board)
    assert text.startswith(f"# Title\n{BEGIN}\n\n")
    assert text.endswith(f"\n\n{END}\nrest\n")
    assert "\nold\n" not in text
    row = next(row for row in board.rows if row.score)
    assert row.score is not None
    assert f"| {row.family}/{row.recipe} | {100 * row.score.value:.1f} [" in text
    assert with_board(text, board) == text


@pytest.mark.parametrize("text", ["no markers", BEGIN, END + BEGIN, f"{BEGIN}{END}{BEGIN}{END}"])
def test_missing_or_doubled_markers_are_an_error(text: str, board: Leaderboard) -> None:
    with pytest.raises(DataError, match="markers"):
        with_board(text, board)


def test_without_a_board_the_verb_names_the_next_step(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    (project.root / "README.md").write_text(f"{BEGIN}{END}")
    with pytest.raises(DataError) as raised:
        main(["--readme"])
    assert "dvc repro" in str(raised.value)


def test_recipes_with_their_own_budget_are_marked_and_the_sentence_says_so(board: Leaderboard) -> None:
    rows = [row.model_copy(update={"budget_overridden": row.recipe == "lora"}) for row in board.rows]
    text = block(board.model_copy(update={"rows": rows}))
    assert "| peft/lora\\* |" in text
    assert "| sft/full |" in text
    assert "The budget of each recipe is 64 training examples, except for recipes marked \\*" in text


def test_without_own_budgets_nothing_is_marked(board: Leaderboard) -> None:
    assert "The budget of each recipe is 64 training examples. " in block(board)
    assert "\\*" not in block(board)
