"""The rest of the smoke profile's recipes by `dvc repro`, in a clone of their own."""

from __future__ import annotations

import pytest

from tests.pipeline.smoke_clone import assert_all_on_the_board, in_first_clone, smoke_clone

pytestmark = pytest.mark.smoke


def test_every_other_recipe_is_on_the_board(tmp_path_factory: pytest.TempPathFactory) -> None:
    def wanted(recipe: str) -> bool:
        return not in_first_clone(recipe) or recipe == "baseline/zero_shot"  # the reference of every difference

    clone = smoke_clone(tmp_path_factory.mktemp("adapters"), wanted)
    assert assert_all_on_the_board(clone, wanted) == 22
