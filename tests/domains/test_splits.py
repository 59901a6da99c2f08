from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.domain import Splits
from harness.domains.splits import assign_splits
from harness.errors import DataError
from harness.items.item import Item


def items_of(sizes: list[int], labels: int = 3) -> list[Item]:
    return [
        Item(
            id=f"{cluster}-{place}", text=f"text {cluster} {place}", label=f"l{cluster % labels}", cluster=str(cluster)
        )
        for cluster, size in enumerate(sizes)
        for place in range(size)
    ]


@given(st.lists(st.integers(1, 6), min_size=30, max_size=80), st.integers(0, 5))
def test_each_cluster_is_in_one_split_and_no_split_exceeds_its_size(sizes: list[int], seed: int) -> None:
    items = items_of(sizes)
    split = assign_splits(items, Splits(validation=10, test=15, seed=seed))
    by_cluster: dict[str, set[str]] = {}
    for item in items:
        by_cluster.setdefault(item.cluster, set()).add(split[item.id])
    assert all(len(splits) == 1 for splits in by_cluster.values())
    counts = Counter(split.values())
    assert counts["test"] <= 15
    assert counts["validation"] <= 10


@given(st.lists(st.integers(1, 6), min_size=30, max_size=80))
def test_every_label_keeps_an_item_for_training(sizes: list[int]) -> None:
    items = items_of(sizes)
    split = assign_splits(items, Splits(validation=10, test=15))
    trained = {item.label for item in items if split[item.id] == "train"}
    assert trained == {item.label for item in items}


def test_each_label_gets_its_share_of_the_test_split() -> None:
    items = items_of([1] * 300, labels=3)
    split = assign_splits(items, Splits(validation=30, test=60))
    counts = Counter(item.label for item in items if split[item.id] == "test")
    assert counts == {"l0": 20, "l1": 20, "l2": 20}


def test_the_remainder_of_the_shares_is_spread_over_the_labels() -> None:
    items = items_of([1] * 140, labels=20)
    split = assign_splits(items, Splits(validation=20, test=50))
    counts = Counter(item.label for item in items if split[item.id] == "test")
    assert set(counts.values()) == {2, 3}


def test_the_assignment_does_not_depend_on_the_order_of_the_items() -> None:
    items = items_of([2] * 40)
    wanted = Splits(validation=10, test=10)
    assert assign_splits(items, wanted) == assign_splits(items[::-1], wanted)


def test_an_empty_split_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(DataError, match="validation split is empty") as raised:
        assign_splits(items_of([50, 50]), Splits(validation=5, test=5))
    assert "make `splits` smaller, or give a column with smaller clusters" in str(raised.value)


def test_held_out_items_come_from_more_clusters_if_per_cluster_is_small() -> None:
    items = items_of([10] * 60)
    whole = assign_splits(items, Splits(validation=20, test=20))
    capped = assign_splits(items, Splits(validation=20, test=20, per_cluster=2))

    def test_clusters(split: dict[str, str]) -> set[str]:
        return {item.cluster for item in items if split.get(item.id) == "test"}

    assert len(test_clusters(dict(capped))) == 5 * len(test_clusters(dict(whole))) == 10
    trained = {item.cluster for item in items if capped.get(item.id) == "train"}
    assert not trained & test_clusters(dict(capped))
    assert len(capped) == len(items) - 20 * 8  # twenty held-out clusters set eight items aside each


def test_splits_of_the_source_are_kept_and_validation_is_drawn_from_training() -> None:
    items = [
        replace(item, given_split="test" if int(item.cluster) % 4 == 0 else "train") for item in items_of([1] * 60)
    ]
    split = assign_splits(items, Splits(validation=9, test=5))
    assert [item.id for item in items if split[item.id] == "test"] == [i.id for i in items if i.given_split == "test"]
    assert Counter(split.values()) == {"test": 15, "validation": 9, "train": 36}


def test_splits_for_some_items_only_are_refused() -> None:
    items = items_of([1] * 20)
    items[3] = replace(items[3], given_split="test")
    with pytest.raises(DataError, match="has no split, but others have"):
        assign_splits(items, Splits(validation=5, test=5))


def test_items_without_labels_are_split_as_well() -> None:
    items = [replace(item, label=None) for item in items_of([1] * 40)]
    assert Counter(assign_splits(items, Splits(validation=5, test=10)).values())["test"] == 10


def test_unused_items_of_a_drawn_validation_cluster_do_not_stay_in_training() -> None:
    items = [replace(item, given_split="train") for item in items_of([6] * 10)]
    items += [
        Item(id=f"held out {n}", text=f"held out {n}", cluster="held out", label="l0", given_split="test")
        for n in range(4)
    ]
    split = assign_splits(items, Splits(validation=6, test=4, per_cluster=2))
    drawn = {item.cluster for item in items if split.get(item.id) == "validation"}
    trained = {item.cluster for item in items if split.get(item.id) == "train"}
    assert len(drawn) == 3
    assert not drawn & trained
    assert sum(name == "test" for name in split.values()) == 4  # what the source holds out stays whole


def rejected(name: str, cluster: str) -> Item:
    return Item(id=name, text=f"text {name}", cluster=cluster, wrong_answers=("no",))


def test_items_with_wrong_answers_only_are_never_held_out() -> None:
    asked = items_of([1] * 40, labels=1)
    alone = [rejected(f"alone {n}", f"alone {n}") for n in range(40)]
    beside = [rejected(f"beside {n}", str(n)) for n in range(40)]
    split = assign_splits([*asked, *alone, *beside], Splits(validation=5, test=10))
    counts = Counter(split[item.id] for item in asked)
    assert counts == {"train": 25, "validation": 5, "test": 10}
    assert {split[item.id] for item in alone} == {"train"}
    for item, same in zip(asked, beside, strict=True):  # those of held-out clusters are in no split
        assert split.get(same.id) == ("train" if split[item.id] == "train" else None)
