from __future__ import annotations

import pytest

from harness.display.numbers import p_text, rank_text
from harness.reports.board.board import domain_board
from harness.reports.contract.leaderboard import Leaderboard
from tests.reports.board.invented_groups import SETTINGS, group
from tests.reports.board_factory import board_of, recorded_project


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    return board_of(recorded_project(tmp_path_factory.mktemp("board")))


def test_ranked_rows_have_a_rank_and_others_none(board: Leaderboard) -> None:
    assert [row.recipe_id for row in board.rows if row.rank] == [row.recipe_id for row in board.rows if row.ranked]
    (first, *_) = [row.rank for row in board.rows if row.rank]
    assert first.first == 1
    assert sum(row.rank.p_best or 0 for row in board.rows if row.rank) == pytest.approx(1)


def test_differences_to_the_reference_are_corrected_together(board: Leaderboard) -> None:
    deltas = [row.delta for row in board.rows if row.delta]
    assert [delta.family for delta in deltas] == [len(deltas)] * len(deltas)
    for delta in deltas:
        assert delta.p_value is not None
        assert delta.p_adjusted is not None
        assert delta.p_value <= delta.p_adjusted
        if delta.verdict in ("better", "worse"):
            assert delta.p_adjusted < 0.05


def test_a_row_that_answered_other_items_has_no_rank() -> None:
    groups = [group("sft/full", 150), group("baseline/zero_shot", 40), group("peft/lora", 50, items=50)]
    ranks = {row.recipe_id: row.rank for row in domain_board("shop", groups, SETTINGS).rows}
    assert [recipe for recipe, rank in ranks.items() if rank is None] == ["peft/lora"]


@pytest.mark.parametrize(
    ("rank", "text"),
    [((1, 2, 0.613), "1-2 (61 %)"), ((3, 3, 0.0), "3 (0 %)"), ((1, 1, 0.997), "1 (> 99 %)"), ((1, 4, None), "1-4")],
)
def test_a_rank_reads_as_places_and_probability(rank: tuple[int, int, float | None], text: str) -> None:
    assert rank_text(*rank) == text


def test_a_p_value_is_never_0() -> None:
    assert (p_text(0.0321), p_text(1e-9), p_text(1.0), p_text(None)) == ("0.032", "< 0.0001", "1.0", "—")
