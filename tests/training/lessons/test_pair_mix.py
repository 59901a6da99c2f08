"""Which pairs a run learns: shares of the slices, and the two halves of the clusters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.project import Project
from harness.errors import DataError
from harness.items.rows import Preference
from harness.training.contract import TrainContext
from harness.training.lessons.pair_mix import PairOptions, half_of, pairs_to_learn, shares
from tests.methods.test_preference_methods import context_of


@given(
    count=st.integers(0, 300),
    sizes=st.tuples(*[st.integers(0, 200)] * 3),
    weights=st.tuples(*[st.floats(0.1, 9)] * 3),
)
def test_the_budget_is_used_up_and_no_slice_gives_more_than_it_has(
    count: int, sizes: tuple[int, ...], weights: tuple[float, ...]
) -> None:
    names = ("domain", "scope", "safety")
    available = dict(zip(names, sizes, strict=True))
    found = shares(count, available, weights=dict(zip(names, weights, strict=True)))  # type: ignore[arg-type]
    assert sum(found.values()) == min(count, sum(sizes))
    assert all(0 <= found[name] <= available[name] for name in found)


def test_what_a_small_slice_lacks_comes_from_the_others() -> None:
    assert shares(100, {"domain": 90, "safety": 10}, weights={"domain": 1, "safety": 1}) == {"domain": 90, "safety": 10}


@pytest.fixture
def context(prepared: Project, tmp_path: Path) -> TrainContext:
    return context_of(prepared, "preference/dpo", tmp_path / "run")


def test_the_two_halves_share_no_cluster_and_are_about_equal(context: TrainContext) -> None:
    everything = replace(context, budget=context.budget.model_copy(update={"train_examples": 10_000}))
    halves: list[list[Preference]] = [
        pairs_to_learn(everything, PairOptions(half=half))[0] for half in ("first", "second")
    ]
    clusters = [{row.cluster for row in half} for half in halves]
    assert not clusters[0] & clusters[1]
    assert all(half_of(cluster) == "first" for cluster in clusters[0])
    assert 0.2 < len(clusters[0]) / len(clusters[0] | clusters[1]) < 0.8


def test_pairs_beside_the_domain_that_are_not_written_are_an_error_with_the_command(context: TrainContext) -> None:
    with pytest.raises(DataError, match="harness preferences hs_products"):
        pairs_to_learn(context, PairOptions(slices={"domain": 1.0, "scope": 1.0}))
