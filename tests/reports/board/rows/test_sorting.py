from __future__ import annotations

import pytest

from harness.errors import ConfigError
from harness.reports.board.rows.sorting import SORTINGS, sort_rows
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from tests.reports.board_factory import board_of, recorded_project


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    return board_of(recorded_project(tmp_path_factory.mktemp("board")))


@pytest.mark.parametrize("by", SORTINGS)
def test_the_best_comes_first_and_the_unknown_last(board: Leaderboard, by: str) -> None:
    values = [SORTINGS[by].read(row) for row in sort_rows(board.rows, by)]
    known = [value for value in values if value is not None]
    assert values[: len(known)] == sorted(known, reverse=SORTINGS[by].highest_first)
    assert values[len(known) :] == [None] * (len(values) - len(known))


def test_more_score_and_less_money_are_better(board: Leaderboard) -> None:
    def first(by: str) -> Row:
        return sort_rows(board.rows, by)[0]

    assert first("accuracy").recipe_id == "sft/full"
    assert first("cost").recipe_id == "baseline/tfidf"


def test_an_unknown_sorting_gets_a_suggestion(board: Leaderboard) -> None:
    with pytest.raises(ConfigError, match='cannot sort by "memry"') as raised:
        sort_rows(board.rows, "memry")
    assert raised.value.hint == 'did you mean "memory"?'
