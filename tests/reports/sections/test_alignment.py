"""The section on policies and judges, from invented training records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.config.project import RunKey
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.sections.alignment.table import alignment_section
from harness.reports.sections.figures import write_figures
from harness.store.ingest import ingest
from tests.reports.board_factory import board_of, write_cards_of
from tests.store.records_factory import write_all_runs, write_run
from tests.tree import copy_tree


def compared(policy: float, parent: float, *, wins: int, losses: int) -> dict[str, Any]:
    return {"policy": policy, "parent": parent, "wins": wins, "losses": losses}


POLICY = {
    "prompts": 32,
    "kl": 1.25,
    "length": 3.5,
    "parent_length": 4.0,
    "ended": 1.0,
    "parent_ended": 0.875,
    "gold": compared(0.75, 0.5, wins=8, losses=0),
    "raters": [
        {"role": "reward", "recipe": "reward/model", **compared(2.0, 0.5, wins=32, losses=0)},
        {"role": "second_rater", "recipe": "reward/judge", **compared(0.1, 0.1, wins=16, losses=16)},
    ],
}
JUDGE = {
    "margin": 0.0,
    "pairs": 80,
    "verdicts": 40,
    "ties": 0.5,
    "agreement": 0.425,
    "low": 0.29,
    "high": 0.58,
    "kappa": -0.15,
    "same_in_both_orders": 0.0,
    "first_slot": 1.0,
    "longer_wins": None,
    "shorter_is_right": 0.55,
}


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    project = copy_tree(tmp_path_factory.mktemp("aligned"))
    write_all_runs(project)
    write_run(project, RunKey("peft", "lora", ("hs_products",), 0), notes={"policy": POLICY})
    write_run(project, RunKey("sft", "full", ("hs_products",), 0), notes={"judge": JUDGE, "seconds_per_pair": 0.25})
    ingest(project)
    write_cards_of(project)
    return board_of(project)


def test_a_win_rate_counts_equal_answers_half_and_has_an_interval(board: Leaderboard) -> None:
    (policy,) = board.alignment["hs_products"].policies
    assert policy.gold.win_rate == pytest.approx((8 + 24 / 2) / 32)
    assert [rating.win_rate for rating in policy.ratings] == [1.0, 0.5]
    assert policy.ratings[1].low < 0.5 < policy.ratings[1].high


def test_the_section_shows_both_reward_models_and_a_judge_that_only_names_the_first_place(board: Leaderboard) -> None:
    text = "\n".join(alignment_section(board))
    assert "0.50, 2.00 | 100.0" in text
    assert "0.10, 0.10 | 50.0" in text
    assert "42.5 [29.0, 58.0]" in text
    assert "100.0 | 50.0" in text  # the first place, no verdict


def test_a_board_without_them_has_no_section(board: Leaderboard) -> None:
    assert alignment_section(board.model_copy(update={"alignment": {}})) == []


def test_the_figure_is_drawn(board: Leaderboard, tmp_path: Path) -> None:
    write_figures(board, tmp_path)
    assert (tmp_path / "figures/alignment-hs_products.png").read_bytes()[:4] == b"\x89PNG"
