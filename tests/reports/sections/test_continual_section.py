"""The section of recipes that learn one domain, or one slice of a domain, after another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.config.project import Project, RunKey
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.sections.continual import ContinualArm, ContinualMatrix
from harness.reports.rendering.markdown import render
from harness.reports.write import write
from harness.store.ingest import ingest
from harness.store.query import ask
from tests.mini_tree import edit
from tests.reports.board_factory import board_of, write_cards_of
from tests.store.records_factory import write_failed_run, write_run
from tests.tree import copy_tree

SEQUENCES = """\
sequences: {two: [hs_products, icd10], parts: [some, more], eras: [old, new]}
slices:
  some: {of: hs_products, labels: [label 0, label 1]}
  more: {of: hs_products, labels: [label 2, label 3, label 4]}
  old: {of: hs_products, clusters: [c1]}
  new: {of: hs_products, clusters: [c2, c30]}
"""
PLANTED = {
    ("untrained", 1): {"hs_products": 0.2, "icd10": 0.2},
    ("naive", 1): {"hs_products": 0.8, "icd10": 0.2},
    ("naive", 2): {"hs_products": 0.3, "icd10": 0.8},
    ("joint", 1): {"hs_products": 0.8, "icd10": 0.2},
    ("joint", 2): {"hs_products": 0.8, "icd10": 0.8},
}
"""(recipe, step) -> accuracy by domain."""


def planted(root: Path) -> Project:
    settings = copy_tree(root).root / "params.yaml"
    edit(settings, "sequences: {}\nslices: {}\n", SEQUENCES)
    edit(settings, "  continual: []", "  continual: [untrained, naive, joint]")
    project = Project(root)
    for key in project.runs():
        if key.family != "continual":
            write_run(project, key)
            continue
        asked = PLANTED[key.recipe, len(key.domains)]
        on_slices = key.domains[0] in ("some", "old")
        write_run(project, key, asked={"hs_products": asked["hs_products"]} if on_slices else asked, asks_claims=False)
    write_cards_of(project)
    return project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = planted(tmp_path_factory.mktemp("continual"))
    ingest(project)
    return project


@pytest.fixture(scope="module")
def board(project: Project) -> Leaderboard:
    return board_of(project)


def of_sequence(board: Leaderboard, name: str) -> ContinualMatrix:
    (matrix,) = [matrix for matrix in board.continual if matrix.sequence == name]
    return matrix


def arm_of(matrix: ContinualMatrix, name: str) -> ContinualArm:
    (arm,) = [arm for arm in matrix.arms if arm.recipe == f"continual/{name}"]
    return arm


def values(arm: ContinualArm) -> list[list[float]]:
    return [[cell.value for cell in row.scores if cell] for row in arm.steps]


def test_the_matrix_has_the_planted_scores_with_the_untrained_model_as_row_0(board: Leaderboard) -> None:
    matrix = of_sequence(board, "two")
    assert (matrix.tasks, matrix.metrics) == (["hs_products", "icd10"], ["accuracy", "accuracy"])
    assert matrix.before is not None
    for name in ("naive", "joint"):
        for step, scores in enumerate(values(arm_of(matrix, name)), start=1):
            assert scores == pytest.approx(list(PLANTED[name, step].values()), abs=0.12)
    for row in (matrix.before, *arm_of(matrix, "naive").steps):
        assert all(cell and cell.low is not None and cell.low < cell.value and cell.n == 150 for cell in row.scores)


def test_figures_follow_from_the_cells(board: Leaderboard) -> None:
    matrix = of_sequence(board, "two")
    naive, joint = (values(arm_of(matrix, name)) for name in ("naive", "joint"))
    assert matrix.before is not None
    assert matrix.before.scores[1] is not None
    expected = {
        "average": (naive[1][0] + naive[1][1]) / 2,
        "learning_accuracy": (naive[0][0] + naive[1][1]) / 2,
        "backward_transfer": naive[1][0] - naive[0][0],
        "forward_transfer": naive[0][1] - matrix.before.scores[1].value,
        "forgetting": naive[0][0] - naive[1][0],
        "intransigence": (joint[0][0] - naive[0][0] + joint[1][1] - naive[1][1]) / 2,
    }
    figures = arm_of(matrix, "naive").figures
    assert {name: cell.value for name, cell in figures.items() if cell} == pytest.approx(expected, abs=1e-5)
    backward = figures["backward_transfer"]
    assert backward is not None
    assert backward.high is not None
    assert backward.high < 0
    assert arm_of(matrix, "joint").figures["intransigence"] is None


def test_a_recipe_is_compared_with_its_control_item_by_item(board: Leaderboard) -> None:
    joint = arm_of(of_sequence(board, "two"), "joint")
    cell = joint.figures["backward_transfer"]
    assert joint.control == "continual/naive"
    assert cell is not None
    assert cell.delta_low is not None
    assert cell.delta_low > 0
    assert "to naive: surely better" in render(board)


def test_a_slice_is_the_part_of_the_domain_with_its_labels(project: Project, board: Leaderboard) -> None:
    matrix = of_sequence(board, "parts")
    first, second = arm_of(matrix, "naive").steps[1].scores
    assert first is not None
    assert second is not None
    assert (first.n, second.n) == (60, 90)
    whole = of_sequence(board, "two").arms[0].steps[1].scores[0]
    assert whole is not None  # the same accuracy was planted for the runs on slices
    assert (60 * first.value + 90 * second.value) / 150 == pytest.approx(whole.value)
    sql = (
        "SELECT value FROM r_matrix WHERE sequence = 'parts' AND recipe = 'continual/naive' AND step = 2 ORDER BY place"
    )
    assert [row[0] for row in ask(project.root, sql).rows] == pytest.approx([first.value, second.value], abs=1e-5)
    sql = "SELECT step, count(*) FROM r_matrix WHERE sequence = 'two' GROUP BY step ORDER BY step"
    assert ask(project.root, sql).rows == [(0, 2), (1, 4), (2, 4)]  # the untrained model, then two recipes


def test_a_slice_by_clusters_is_the_part_of_the_domain_in_them(project: Project, board: Leaderboard) -> None:
    first, second = arm_of(of_sequence(board, "eras"), "naive").steps[1].scores
    assert first is not None
    assert second is not None
    assert (first.n, second.n) == (33, 36)  # c1, c10 to c19; c2, c20 to c29, c30: three items each
    where = "sequence = 'eras' AND recipe = 'continual/naive' AND step = 2"
    sql = f"SELECT value, n FROM r_matrix WHERE {where} ORDER BY place"
    rows = ask(project.root, sql).rows
    assert [row[0] for row in rows] == pytest.approx([first.value, second.value], abs=1e-5)
    assert [row[1] for row in rows] == [33, 36]


def test_steps_are_no_rows_of_the_board_of_a_domain(board: Leaderboard) -> None:
    assert {row.family for row in board.rows} == {"baseline", "sft", "peft"}


def test_the_section_and_its_figure_are_written_the_same_every_time(project: Project, board: Leaderboard) -> None:
    text = render(board)
    section = text.partition("## Continual learning\n")[2].partition("\n## ")[0]
    assert "hs_products -> icd10" in section
    assert "(figures/continual-two.png)" in section
    assert "| before the first step |" in section
    write(board, project)
    path = project.root / "reports/figures/continual-two.png"
    first = path.read_bytes()
    assert first.startswith(b"\x89PNG")
    assert "continual-two.png" in (path.parent / "README.md").read_text()
    write(board, project)
    assert path.read_bytes() == first


def test_a_recipe_with_a_missing_step_shows_its_cells_and_says_what_is_missing(tmp_path: Path) -> None:
    project = planted(tmp_path)
    shutil.rmtree(project.record_folder(RunKey("continual", "naive", ("hs_products", "icd10"), 0)))
    write_failed_run(project, RunKey("continual", "joint", ("hs_products", "icd10"), 0), reason="out of memory")
    ingest(project)
    matrix = of_sequence(board_of(project), "two")
    naive, joint = (arm_of(matrix, name) for name in ("naive", "joint"))
    assert naive.missing == ["step 2: not scored yet"]
    assert joint.missing == ["step 2, seed 0: out of memory"]
    assert [len(row) for row in values(naive)] == [2, 0]
    assert not any(naive.figures.values())
