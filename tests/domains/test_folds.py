"""Folds of a cross-validation: who is held out when."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.domain import Splits
from harness.domains.folds import assign_fold, folds_of_clusters, with_joined_near_duplicates
from harness.errors import DataError
from harness.items.item import Item

PARCEL = "my parcel with the order number {} has not arrived although it was promised for last week"


def items(count: int, *, labels: int = 3, cluster_of: int = 1) -> list[Item]:
    """Texts that have nothing in common; `cluster_of` items in each cluster."""
    return [
        Item(id=str(n), text=f"{n * 7919 % 10007:b}", cluster=f"c{n // cluster_of}", label=f"l{n % labels}")
        for n in range(count)
    ]


@given(st.integers(20, 60), st.integers(1, 4), st.integers(1, 3), st.integers(2, 6), st.integers(0, 3))
def test_every_item_is_held_out_once_and_clusters_stay_together(
    count: int, labels: int, cluster_of: int, folds: int, seed: int
) -> None:
    found, wanted = items(count, labels=labels, cluster_of=cluster_of), Splits(folds=folds, seed=seed)
    splits = [assign_fold(found, wanted, fold) for fold in range(1, folds + 1)]
    tested = Counter(item for split in splits for item, part in split.items() if part == "test")
    assert tested == {item.id: 1 for item in found}
    for split in splits:
        assert set(split.values()) == {"train", "validation", "test"}
        assert split.keys() == {item.id for item in found}
        parts = {item.cluster: {split[other.id] for other in found if other.cluster == item.cluster} for item in found}
        assert all(len(part) == 1 for part in parts.values())


def test_labels_and_items_are_spread_evenly() -> None:
    found = items(240, labels=3)
    placed = folds_of_clusters(found, Splits(folds=5))
    assert Counter(placed[item.cluster] for item in found) == dict.fromkeys(range(1, 6), 48)
    assert set(Counter((item.label, placed[item.cluster]) for item in found).values()) == {16}


def test_near_duplicates_share_a_cluster_and_so_a_fold() -> None:
    twins = [Item(id=f"t{n}", text=PARCEL.format(n), cluster=f"t{n}", label="l0") for n in range(3)]
    joined = with_joined_near_duplicates([*items(40), *twins])
    assert {item.cluster for item in joined if item.id.startswith("t")} == {"t0"}
    assert [item.cluster for item in joined[:40]] == [f"c{n}" for n in range(40)]
    tested = [assign_fold(joined, Splits(folds=4), fold) for fold in range(1, 5)]
    assert [
        sorted(name for name, part in split.items() if part == "test" and name[0] == "t") for split in tested
    ].count(["t0", "t1", "t2"]) == 1


def test_replies_that_are_only_wrong_are_learnt_and_never_tested() -> None:
    wrong = Item(id="w", text="110011", cluster="w", wrong_answers=("no",))
    beside = replace(wrong, id="x", text="10101010", cluster="c0")
    splits = [assign_fold([*items(20), wrong, beside], Splits(folds=2), fold) for fold in (1, 2)]
    assert [split["w"] for split in splits] == ["train", "train"]
    held_out = next(split for split in splits if split["0"] == "test")
    assert "x" not in held_out


def test_clusters_larger_than_a_tenth_still_leave_validation_items() -> None:
    split = assign_fold(items(30, labels=1, cluster_of=6), Splits(folds=5), 1)
    assert Counter(split.values()) == {"train": 18, "validation": 6, "test": 6}


def test_more_folds_than_clusters_are_refused() -> None:
    with pytest.raises(DataError, match="5 folds need at least 5 clusters, and the 30 items are in 3"):
        assign_fold(items(30, cluster_of=10), Splits(folds=5), 1)


def test_two_clusters_in_two_folds_leave_nothing_to_validate_with() -> None:
    with pytest.raises(DataError, match="fold 1 of 2 has no train item"):
        assign_fold(items(20, cluster_of=10), Splits(folds=2), 1)


def test_test_items_that_the_file_names_are_not_ignored() -> None:
    given_test = [replace(item, given_split="test") for item in items(20)]
    with pytest.raises(DataError, match="leave out --split"):
        assign_fold(given_test, Splits(folds=2), 1)
