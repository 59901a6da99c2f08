from __future__ import annotations

import pytest

from harness.display.numbers import p_text, place_text, whole_percent
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
    assert (first.first, first.may_be_best) == (1, True)
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
    ("first", "last", "may_be_best", "text"),
    [
        (1, 1, True, "best"),
        (1, 14, True, "may be best"),
        (2, 2, False, "2nd"),
        (15, 22, False, "15th to 22nd"),
        (3, 11, False, "3rd to 11th"),
        (21, 111, False, "21st to 111th"),
    ],
)
def test_a_place_is_written_in_words(first: int, last: int, may_be_best: bool, text: str) -> None:
    assert place_text(first, last, may_be_best=may_be_best) == text


def test_a_share_is_written_as_0_or_100_only_if_it_is() -> None:
    assert [whole_percent(share) for share in (0.0, 0.004, 0.613, 0.997, 1.0, None)] == [
        "0 %",
        "< 1 %",
        "61 %",
        "> 99 %",
        "100 %",
        "—",
    ]


def test_a_p_value_is_never_0() -> None:
    assert (p_text(0.0321), p_text(1e-9), p_text(1.0), p_text(None)) == ("0.032", "< 0.0001", "1.0", "—")
