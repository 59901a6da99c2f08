"""The other families by `dvc repro`, in a clone of their own: instruction to alignment, and encoder-decoders."""

from __future__ import annotations

import pytest

from tests.pipeline.smoke_clone import assert_all_on_the_board, in_third_clone, smoke_clone

pytestmark = pytest.mark.smoke

ONE = {"hs_products"}


def test_every_recipe_of_the_other_families_is_on_the_board(tmp_path_factory: pytest.TempPathFactory) -> None:
    clone = smoke_clone(tmp_path_factory.mktemp("families"), in_third_clone, domains=ONE)
    assert assert_all_on_the_board(clone, in_third_clone, domains=ONE) == 30
