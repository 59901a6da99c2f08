from __future__ import annotations

import re

import pytest

from harness.display.markdown_table import table
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.rendering.markdown import render
from tests.reports.board_factory import board_of, recorded_project


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    return board_of(recorded_project(tmp_path_factory.mktemp("board")))


@pytest.fixture(scope="module")
def text(board: Leaderboard) -> str:
    return render(board)


def line_with(text: str, start: str) -> str:
    (found,) = [line for line in text.splitlines() if line.startswith(start)]
    return found


def test_every_recipe_has_a_line(text: str) -> None:
    for title in ("Majority class", "TF-IDF", "Zero-shot", "Few-shot", "Full fine-tuning", "LoRA"):
        assert line_with(text, f"| {title}")


def test_every_line_of_a_table_has_the_same_number_of_cells(text: str) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(cells) == 1


def test_the_figures_of_a_row_come_from_its_row(board: Leaderboard, text: str) -> None:
    (row,) = [row for row in board.rows if row.recipe == "lora"]
    assert row.score is not None
    assert row.delta is not None
    line = line_with(text, "| LoRA")
    assert f"| {100 * row.score.value:.1f} [" in line
    assert f"| +{100 * row.delta.value:.1f} [" in line
    for cell in (" better |", " 1.50 GB |", " 1 min 41 s |", " 0.0042 |", " 4.88 M |", " 19.5 MB |", " 0, 1, 2 |"):
        assert cell in line


def test_a_failed_row_says_why_and_is_escaped(text: str) -> None:
    line = line_with(text, "| Majority class")
    assert "failed: seed 0: CUDA out of memory \\| &lt;b&gt;40 GB&lt;/b&gt;" in line
    assert "\x1b" not in text


def test_a_row_of_another_protocol_stands_in_a_table_of_its_own(text: str) -> None:
    assert text.index("**Not comparable**") < text.index("| Few-shot prompting")
    assert text.index("**Not comparable**") > text.index("| Majority class")


def test_the_findings_stand_above_the_table(board: Leaderboard, text: str) -> None:
    assert text.index("- Tiny models") < text.index("- Highest score: ") < text.index("| recipe |")
    assert board.findings["hs_products"][1].startswith("Highest score: ")


def test_the_reader_learns_how_to_read_it_and_under_which_conditions_it_holds(board: Leaderboard, text: str) -> None:
    detectable = sorted(row.delta.detectable or 0 for row in board.rows if row.delta)
    middle = 100 * detectable[len(detectable) // 2]
    assert f"a true difference of {middle:.1f} points" in text
    for fact in (
        "step-down maximum test",
        "A row that *may be best* cannot be told from the best",
        "(3 of them)",
        "200 resamples",
        "| prices | USD, as of 2026-11-22",
        "0123456789ab",
        "LGPL-2.1-only",
    ):
        assert fact in text


def test_a_table_escapes_its_cells() -> None:
    assert table(["a"], [["x|y"]], numeric=[0]) == "| a |\n| ---: |\n| x\\|y |"
