from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.evidence.resampling import score_interval
from harness.reports.board.measured.item_scores import read_items
from harness.reports.board.settings import Settings
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.leaderboard_file import read_board_file
from harness.reports.contract.sections.curves import Curve, CurveSet
from harness.reports.rendering.markdown import render
from harness.reports.sections.curves.figure import draw_curves
from harness.reports.sections.curves.read import point_scores
from harness.reports.write import write
from harness.store.parquet_views import open_store
from tests.reports.board_factory import board_of, write_cards_of
from tests.store.curves_factory import curve_project

REASON = "diverged: the loss became nan | at step 3"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = curve_project(tmp_path_factory.mktemp("curves"), failed={"setfit 4-2": REASON})
    write_cards_of(project)
    return project


@pytest.fixture(scope="module")
def board(project: Project) -> Leaderboard:
    return board_of(project)


def of_recipe(found: CurveSet, name: str) -> Curve:
    (curve,) = [curve for curve in found.curves if curve.recipe == f"lowresource/{name}"]
    return curve


def section_of(board: Leaderboard) -> str:
    return render(board).partition("## Learning curves\n")[2].partition("\n## ")[0]


def test_a_point_is_the_mean_over_draws_with_an_interval_over_draws_and_items(
    project: Project, board: Leaderboard
) -> None:
    found = board.curves["hs_products"]
    assert (found.suite, found.metric, found.protocol_hash) == ("classification", "accuracy", "p1")
    (four, eight) = of_recipe(found, "tfidf").points
    assert (four.k, four.draws, four.n, eight.k) == (4, 3, 60, 8)
    connection = open_store(project.root)
    query = "SELECT avg(value) FROM curve_points WHERE recipe = 'lowresource/tfidf' AND k = 8"
    mean = connection.execute(query).fetchall()[0][0]
    connection.close()
    assert eight.value == pytest.approx(mean, abs=1e-6)
    assert eight.low is not None
    assert eight.high is not None
    assert eight.low < mean < eight.high


def test_draws_that_differ_widen_the_interval_beyond_that_of_one_draw(project: Project) -> None:
    connection = open_store(project.root)
    query = "SELECT * FROM curve_points WHERE recipe = 'lowresource/tfidf' AND k = 8 ORDER BY draw"
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    resampling = Settings.of(project).resampling
    all_draws = score_interval(point_scores(connection, rows), resampling=resampling)
    one_draw = score_interval(point_scores(connection, rows[1:2]), resampling=resampling)
    connection.close()
    assert all_draws.standard_error is not None
    assert one_draw.standard_error is not None
    assert all_draws.standard_error > one_draw.standard_error


def test_a_draw_that_failed_is_left_out_of_the_mean_and_named(board: Leaderboard) -> None:
    four = of_recipe(board.curves["hs_products"], "setfit").points[0]
    assert (four.draws, four.failed) == (2, [REASON])
    assert four.value is not None
    section = section_of(board)
    assert "; of 2 draws |" in section
    assert "Failed: lowresource/setfit with 4 items: diverged: the loss became nan \\| at step 3." in section


def test_the_reference_is_asked_the_same_items(project: Project, board: Leaderboard) -> None:
    reference = board.curves["hs_products"].reference
    assert reference is not None
    assert (reference.recipe, reference.n) == ("baseline/zero_shot", 60)
    connection = open_store(project.root)
    runs = ["baseline/zero_shot-hs_products-0"]
    items = read_items(connection, runs=runs, suite="classification", domain="hs_products", metric="accuracy")
    connection.close()
    assert items is not None
    first = items.restricted_to([f"q{i:03d}" for i in range(60)])
    assert reference.value == pytest.approx(first.value, abs=1e-6)
    assert "baseline/zero_shot on the same 60 test items: " in section_of(board)


def test_the_section_has_a_row_for_each_recipe_the_best_first(board: Leaderboard) -> None:
    section = section_of(board)
    rows = [line for line in section.splitlines() if line.startswith("| ") and line.endswith(" s |")]
    assert [row.split(" (")[1].split(")")[0] for row in rows] == ["setfit", "tfidf"]
    assert "| recipe | 4 items: accuracy, % | 8 items: accuracy, % | n | draws | time |" in section
    eight = of_recipe(board.curves["hs_products"], "tfidf").points[1]
    assert eight.value is not None
    assert f"{100 * eight.value:.1f} [" in rows[1]
    assert rows[0].endswith("| 60 | 2-3 | 11 s |")


def test_the_figure_is_linked_small_and_the_same_every_time(project: Project, board: Leaderboard) -> None:
    assert "(figures/learning_curve-hs_products.png)" in section_of(board)
    write(board, project)
    path = project.root / "reports/figures/learning_curve-hs_products.png"
    first = path.read_bytes()
    assert first.startswith(b"\x89PNG")
    assert 10_000 < len(first) < 100_000
    write(board, project)
    assert path.read_bytes() == first
    assert "(learning_curve-hs_products.png)" in (path.parent / "README.md").read_text()


def test_the_figure_shows_what_the_points_say(board: Leaderboard, tmp_path: Path) -> None:
    found = board.curves["hs_products"]
    higher = [
        curve.model_copy(update={"points": [p.model_copy(update={"high": 0.99}) for p in curve.points]})
        for curve in found.curves
    ]
    drawn = []
    for place, one in enumerate((found, found.model_copy(update={"curves": higher}))):
        draw_curves(one, tmp_path / f"{place}.png", domain="hs_products", confidence=0.95)
        drawn.append((tmp_path / f"{place}.png").read_bytes())
    assert drawn[0] != drawn[1]


def test_the_board_file_holds_the_curves(project: Project, board: Leaderboard) -> None:
    write(board, project)
    content = json.loads((project.root / "reports/leaderboard.json").read_text())
    point = content["curves"]["hs_products"]["curves"][0]["points"][0]
    assert set(point) == {"k", "value", "low", "high", "n", "draws", "failed", "seconds"}
    assert read_board_file(project.root / "reports") == board


def test_curves_of_another_protocol_stand_apart(tmp_path: Path) -> None:
    board = board_of(curve_project(tmp_path, older="setfit"))
    found = board.curves["hs_products"]
    assert [(curve.recipe, curve.comparable) for curve in found.curves] == [
        ("lowresource/setfit", True),
        ("lowresource/tfidf", False),
    ]
    assert "Not comparable, because scored by another protocol:" in section_of(board)


def test_where_every_point_failed_there_is_a_table_and_no_figure(tmp_path: Path) -> None:
    failed = {f"{name} {k}-{draw}": "refused: x" for name in ("tfidf", "setfit") for k in (4, 8) for draw in range(3)}
    project = curve_project(tmp_path, failed=failed)
    write_cards_of(project)
    board = board_of(project)
    assert board.curves["hs_products"].figure is None
    assert "| failed | failed | — | 0 |" in section_of(board)
    write(board, project)
    assert not list((tmp_path / "reports/figures").glob("*.png"))


def test_without_curves_there_is_no_section_and_a_page_without_figures(project: Project, board: Leaderboard) -> None:
    none = board.model_copy(update={"curves": {}, "rows": []})
    assert "Learning curves" not in render(none)
    write(none, project)
    assert [path.name for path in (project.root / "reports/figures").iterdir()] == ["README.md"]
    assert "No figure" in (project.root / "reports/figures/README.md").read_text()
