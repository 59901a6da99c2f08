from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.project import Project
from harness.config.recipe import Budget
from harness.curves.scaling import FULL_PASSES_FROM, with_items
from tests.tree import ROOT

BOARD = Budget(train_examples=512, epochs=1, max_length=256)
LORA = Project(ROOT).recipe("lowresource/fewshot_lora")


@given(st.integers(min_value=1, max_value=1000))
def test_with_few_items_as_many_examples_are_shown_as_with_32(k: int) -> None:
    budget = with_items(LORA, k, budget=BOARD).run.budget
    assert budget.train_examples == k
    assert budget.epochs is not None
    assert k * budget.epochs == pytest.approx(5 * max(k, FULL_PASSES_FROM))


def test_at_its_own_number_of_items_a_recipe_is_the_one_of_the_board() -> None:
    assert with_items(LORA, 64, budget=BOARD) == LORA


def test_a_recipe_without_passes_of_its_own_makes_those_of_the_board() -> None:
    tfidf = Project(ROOT).recipe("lowresource/tfidf")
    assert with_items(tfidf, 8, budget=BOARD).run.budget.epochs == 4
