"""The other adapters and families of the smoke profile by `dvc repro`, in a clone of their own."""

from __future__ import annotations

import json

import pytest

from tests.pipeline.smoke_clone import assert_all_on_the_board, in_second_clone, smoke_clone

pytestmark = pytest.mark.smoke

ONE = {"hs_products"}


def test_every_adapter_and_every_recipe_of_the_other_families_is_on_the_board(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    clone = smoke_clone(tmp_path_factory.mktemp("families"), in_second_clone, domains=ONE)
    assert assert_all_on_the_board(clone, in_second_clone, domains=ONE) == 50
    (matrix,) = json.loads((clone / "reports/leaderboard.json").read_text())["continual"]
    (arm,) = matrix["arms"]
    assert (matrix["tasks"], arm["recipe"], arm["missing"]) == (["hs_1_to_10", "hs_11_to_21"], "continual/naive", [])
    assert all(all(row["scores"]) for row in (matrix["before"], *arm["steps"]))
    assert arm["figures"]["forward_transfer"] is not None
    assert (clone / "reports" / matrix["figure"]).is_file()
