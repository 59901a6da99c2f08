"""Instruction, multi-task, low-resource, contrastive recipes and encoder-decoders by `dvc repro`, in one clone."""

from __future__ import annotations

import pytest

from tests.pipeline.smoke_clone import assert_all_on_the_board, in_third_clone, smoke_clone

pytestmark = pytest.mark.smoke

ONE = {"hs_products"}


def test_every_recipe_of_the_other_families_is_on_the_board(tmp_path_factory: pytest.TempPathFactory) -> None:
    clone = smoke_clone(tmp_path_factory.mktemp("families"), in_third_clone, domains=ONE)
    assert assert_all_on_the_board(clone, in_third_clone, domains=ONE) == 19
