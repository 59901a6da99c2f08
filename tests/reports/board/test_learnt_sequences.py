"""Rows of one recipe that learnt different domains stand apart on every board."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from harness.config.project import Project
from harness.errors import DataError
from harness.reports.compare.browse import browse
from harness.reports.compare.comparison import Wanted, comparisons
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.leaderboard_file import metrics_json
from harness.reports.contract.rows import Row
from harness.reports.rendering.markdown import render
from harness.reports.rendering.short_board import short_board
from harness.reports.rendering.terminal import show
from tests.reports.board_factory import board_of, write_cards_of
from tests.store.sequence_project import FIRST, R_MATRIX, SECOND, sequence_project

ZERO = "baseline/zero_shot"
BOTH = "peft/lora-hs_products+icd10"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = sequence_project(tmp_path_factory.mktemp("sequence"))
    write_cards_of(project)
    return project


@pytest.fixture(scope="module")
def board(project: Project) -> Leaderboard:
    return board_of(project)


def lora(board: Leaderboard, domain: str) -> dict[str, Row]:
    return {row.row_id: row for row in board.rows if row.domain == domain and row.recipe == "lora"}


def test_each_domain_has_a_row_for_each_step_with_its_own_score(board: Leaderboard) -> None:
    assert list(lora(board, "hs_products")) == ["peft/lora", BOTH]
    assert sorted(lora(board, "icd10")) == ["peft/lora-hs_products", BOTH]
    for domain in ("hs_products", "icd10"):
        for row in lora(board, domain).values():
            planted = R_MATRIX[FIRST if row.domains == ["hs_products"] else SECOND][domain]
            assert row.seeds == [0]
            assert row.score is not None
            assert row.score.value == pytest.approx(planted, abs=0.12)


def test_the_pages_say_what_else_a_row_learnt(board: Leaderboard) -> None:
    text = render(board)
    assert "| LoRA (lora) |" in text
    assert "| LoRA (lora, also learnt icd10) |" in text
    assert "| LoRA (lora, also learnt hs_products) |" in text
    assert "| LoRA (lora, learnt hs_products only) |" in text
    assert f"| {BOTH} |" in short_board(board)
    file = io.StringIO()
    show(board, Console(file=file, width=300, markup=False))
    assert BOTH in file.getvalue()


def test_the_metrics_of_both_steps_are_kept(board: Leaderboard) -> None:
    text = metrics_json(board)
    assert f'"{BOTH}"' in text
    assert '"peft/lora"' in text


def test_a_recipe_is_compared_by_the_runs_that_learnt_the_domain_alone(project: Project) -> None:
    wanted = Wanted(suite="classification", limit=1)
    (alone,) = comparisons(project, ("peft/lora", ZERO), domain="hs_products", wanted=wanted)
    (both,) = comparisons(project, (BOTH, "peft/lora"), domain="hs_products", wanted=wanted)
    assert alone.suites[0].verdict == "better"
    assert both.suites[0].verdict == "worse"


def test_a_name_for_runs_that_learnt_different_domains_must_be_made_exact(project: Project) -> None:
    with pytest.raises(DataError, match="stands for runs trained on different domains") as raised:
        browse(project, "peft/lora", suite="classification", domain="icd10", limit=1)
    assert raised.value.hint == "name one of them, such as peft/lora-hs_products"
    assert browse(project, BOTH, suite="classification", domain="icd10", limit=1).total == 150


def test_a_step_that_failed_does_not_hide_the_step_before(tmp_path: Path) -> None:
    project = sequence_project(tmp_path, second_failed=True)
    write_cards_of(project)
    rows = lora(board_of(project), "hs_products")
    assert (rows["peft/lora"].status, rows["peft/lora"].failed_seeds) == ("ok", [])
    assert (rows[BOTH].status, rows[BOTH].reason) == ("failed", "seed 0: out of memory")
