from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from harness.reports.board.rows.own_budget import own_budget
from harness.reports.contract.rows import Row


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        ({}, ""),
        ({"train_examples": 64.0}, ": 64 examples"),
        ({"train_examples": 64.0, "epochs": 1.0}, ": 64 examples"),
        ({"train_examples": 512.0, "epochs": 8.0}, ": 512 examples, 8 passes"),
    ],
)
def test_the_number_of_passes_is_told_where_it_is_not_one(budget: dict[str, float], words: str) -> None:
    assert own_budget(cast(Row, SimpleNamespace(budget=budget))) == words
