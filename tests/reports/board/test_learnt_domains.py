"""Questions about a domain that a run was trained on do not measure what the run forgot."""

from __future__ import annotations

from typing import Any

import pytest

from harness.config.project import Project
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row, SuiteCell
from harness.reports.rendering.explanations import how_to_read
from harness.reports.rendering.markdown import render
from harness.store.ingest import ingest
from tests.mini_tree import edit
from tests.reports.board_factory import board_of, write_cards_of
from tests.reports.suite_records import add_suite
from tests.store.records_factory import write_all_runs, write_training

REASON = "the recipe was trained on these domains too"


def recorded(project: Project, *, about: str, notes: dict[str, Any]) -> Leaderboard:
    """Every run has answered about another domain and about general knowledge; LoRA's record has these notes."""
    edit(project.root / "params.yaml", "suites: [", "suites: [other_domains, general_knowledge, ")
    changed = Project(project.root)
    write_all_runs(changed)
    for key in changed.runs():
        if key.recipe == "lora":
            write_training(changed, key, notes=notes)
        values = [float(i % (3 if key.recipe == "lora" else 2) == 0) for i in range(60)]
        add_suite(changed, key, name="other_domains", metric="accuracy", values=values, about=about, column="retention")
        add_suite(changed, key, name="general_knowledge", metric="accuracy_norm", values=values, column="retention")
    ingest(changed)
    write_cards_of(changed)
    return board_of(changed)


def lora(board: Leaderboard) -> Row:
    (found,) = [row for row in board.rows if row.recipe == "lora"]
    return found


def cell(board: Leaderboard, suite: str = "other_domains") -> SuiteCell:
    return lora(board).suites[suite]


@pytest.fixture
def learnt(project: Project) -> Leaderboard:
    return recorded(project, about="icd10/", notes={"learnt_domains": ["hs_products", "icd10"]})


def test_the_cell_is_empty_and_says_why(learnt: Leaderboard) -> None:
    for found in (cell(learnt), lora(learnt).retention):
        assert found is not None
        assert (found.suite, found.value, found.delta, found.reason) == ("other_domains", None, None, REASON)


def test_questions_of_no_domain_still_measure_what_was_forgotten(learnt: Leaderboard) -> None:
    found = cell(learnt, "general_knowledge")
    assert found.value == pytest.approx(20 / 60)
    assert found.delta is not None


def test_the_others_are_not_corrected_for_a_comparison_that_is_not_made(learnt: Leaderboard, project: Project) -> None:
    (full,) = [row for row in learnt.rows if row.recipe == "full"]
    assert full.suites["other_domains"].delta is not None
    counted = full.suites["general_knowledge"].delta
    assert counted is not None
    assert full.suites["other_domains"].delta.family == (counted.family or 0) - 1


def test_the_pages_say_so(learnt: Leaderboard) -> None:
    assert "A recipe that was trained on those domains too has no retention there." in "\n".join(how_to_read(learnt))
    assert REASON in render(learnt)


@pytest.mark.parametrize("notes", [{}, {"learnt_domains": ["hs_products"]}, {"learnt_domains": ["construction_law"]}])
def test_a_run_that_learnt_none_of_them_keeps_its_cell(project: Project, notes: dict[str, Any]) -> None:
    board = recorded(project, about="icd10/", notes=notes)
    assert cell(board).value == pytest.approx(20 / 60)
    assert cell(board).delta is not None
    assert "A recipe that was trained on those domains" not in "\n".join(how_to_read(board))


def test_ids_of_the_runs_own_domain_are_no_other_domain(project: Project) -> None:
    board = recorded(project, about="hs_products/", notes={"learnt_domains": ["hs_products", "icd10"]})
    assert cell(board).value == pytest.approx(20 / 60)
