from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.write import write
from harness.verbs.query import CELL_WIDTH, EXAMPLES, main
from tests.reports.board_factory import board_of, write_cards_of
from tests.store.curves_factory import curve_project


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A board with two recipes of one name: baseline/tfidf and lowresource/tfidf."""
    project = curve_project(tmp_path_factory.mktemp("query"))
    write_cards_of(project)
    write(board_of(project), project)
    return project.root


@pytest.fixture(autouse=True)
def here(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)


def answer(sql: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    main([sql, "--json"])
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_help_has_an_answer(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(example, capsys)
    with pytest.raises(SystemExit):
        main(["--help"])
    assert example in capsys.readouterr().out


def test_the_full_table_ranks_recipes_as_the_board_does(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    board = Leaderboard.model_validate_json((root / "reports/leaderboard.json").read_bytes())
    ranked = sorted((row for row in board.rows if row.rank), key=lambda row: row.rank.first if row.rank else 0)
    found = [row["recipe"] for row in answer(EXAMPLES[1], capsys)]
    assert found[: len(ranked)] == [row.recipe_id for row in ranked]


def test_the_table_leaderboard_full_has_the_figures_of_the_board_to_the_digit(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    board = json.loads((root / "reports/leaderboard.json").read_text())
    found = answer("FROM leaderboard_full", capsys)
    assert len(found) == len(board["rows"])
    for shown, row in zip(found, board["rows"], strict=True):
        assert shown["recipe"] == f"{row['family']}/{row['recipe']}"
        assert (shown["value"], shown["low"]) == (row["score"]["value"], row["score"]["low"])
        delta = row["delta"] or dict.fromkeys(("value", "high", "verdict"))
        assert (shown["difference"], shown["difference_high"]) == (delta["value"], delta["high"])
        assert (shown["verdict"], shown["usd"]) == (delta["verdict"], row["cost"]["usd"])
        assert (shown["seeds"], shown["trained_on"]) == (row["seeds"], row["domains"])
        assert shown["train_memory_mb"] == row["memory"]["train_peak_mb"]


def test_the_table_leaderboard_is_short_and_rounded(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    board = json.loads((root / "reports/leaderboard.json").read_text())
    found = answer("FROM leaderboard", capsys)
    shown = "domain recipe value low high place difference verdict memory_mb seconds usd status"
    assert " ".join(found[0]) == shown
    assert [row["value"] for row in found] == [
        row["score"] and round(row["score"]["value"], 3) for row in board["rows"]
    ]
    assert found[0]["place"] in ("best", "may be best")


@pytest.mark.parametrize("width", [80, 120])
def test_a_table_shows_the_columns_that_fit_and_breaks_no_word(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    main(["FROM leaderboard"])
    printed = capsys.readouterr()
    assert max(map(len, printed.out.splitlines())) <= width
    assert "baseline/zero_shot" in printed.out
    assert ("left out for width: " in printed.err) == ("status" not in printed.out)


@pytest.mark.parametrize("table", ["runs", "results", "curve_points", "curve_samples", "leaderboard_full"])
def test_a_recipe_is_written_with_its_family_in_every_table(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = answer(f"SELECT DISTINCT family, recipe FROM {table}", capsys)
    assert rows
    assert all(str(row["recipe"]).startswith(f"{row['family']}/") for row in rows)


def test_recipes_of_one_name_in_two_families_are_not_pooled(capsys: pytest.CaptureFixture[str]) -> None:
    sql = (
        "SELECT recipe FROM results WHERE suite = 'classification' AND recipe LIKE '%tfidf' GROUP BY recipe ORDER BY 1"
    )
    assert [row["recipe"] for row in answer(sql, capsys)] == ["baseline/tfidf", "lowresource/tfidf"]


def test_long_texts_are_shortened_in_the_table_only(capsys: pytest.CaptureFixture[str]) -> None:
    sql = f"SELECT repeat('x', {2 * CELL_WIDTH}) AS wide"
    main([sql])
    printed = capsys.readouterr()
    assert printed.out.count("x") == CELL_WIDTH - 1
    assert printed.err == "long texts are shortened; --csv or --json prints them whole\n"
    main([sql, "--csv"])
    assert list(csv.reader(io.StringIO(capsys.readouterr().out)))[1] == ["x" * 2 * CELL_WIDTH]


def test_without_a_board_only_the_leaderboard_cannot_be_asked(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    board = root / "reports/leaderboard.json"
    moved = board.rename(board.with_suffix(".away"))
    try:
        assert answer("SELECT count(*) AS runs FROM runs", capsys)
        with pytest.raises(DataError, match="there is no board yet"):
            main(["FROM Leaderboard"])
    finally:
        moved.rename(board)
