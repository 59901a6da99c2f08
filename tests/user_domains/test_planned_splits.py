from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.domain import Splits
from harness.errors import DataError
from harness.items.item import Item, Split
from harness.user_domains.planned_splits import PlannedSplits, plan_splits, smallest_difference, split_sizes, told_apart


def items(count: int, *, labels: int = 0) -> list[Item]:
    """Texts that have nothing in common."""
    return [
        Item(id=str(n), text=f"{n * 7919 % 10007:b}", cluster=str(n), label=f"l{n % labels}" if labels else None)
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "test", "validation"), [(10, 2, 1), (300, 60, 30), (5000, 400, 400), (3000, 400, 300)]
)
def test_a_fifth_is_tested_and_a_tenth_validates_up_to_400(count: int, test: int, validation: int) -> None:
    assert split_sizes(items(count)) == Splits(test=test, validation=validation)


def test_many_labels_get_an_item_each_where_they_have_three() -> None:
    assert split_sizes(items(6000, labels=500)) == Splits(test=500, validation=500)


def test_fewer_than_ten_items_are_refused() -> None:
    with pytest.raises(DataError, match="only 9 usable items"):
        split_sizes(items(9))


@given(st.integers(10, 120), st.integers(0, 5))
def test_every_file_of_ten_items_or_more_can_be_split(count: int, labels: int) -> None:
    chosen = items(count, labels=labels)
    planned = plan_splits(chosen, split_sizes(chosen))
    assert sum(planned.counts.values()) == count
    assert min(planned.counts.values()) >= 1
    assert planned.counts["train"] >= count / 2


def test_training_items_that_nearly_repeat_held_out_ones_are_counted() -> None:
    parcel = "my parcel with the order number {} has not arrived although it was promised for last week"
    twins = [Item(id=f"t{n}", text=parcel.format(n), cluster=str(n)) for n in range(4)]
    chosen = [*items(40), *twins]
    near = plan_splits(chosen, Splits(test=20, validation=10)).leaks
    assert near is not None
    assert 0 < near < 4


def test_a_file_of_one_template_leaves_nothing_to_learn() -> None:
    parcel = "my parcel with the order number {} has not arrived although it was promised for last week"
    with pytest.raises(DataError, match="no training item remains"):
        plan_splits(
            [Item(id=str(n), text=parcel.format(n), cluster=str(n)) for n in range(20)], Splits(test=4, validation=2)
        )


def test_labels_that_are_not_tested_are_named() -> None:
    chosen = [*items(40, labels=2), Item(id="x", text="single", cluster="x", label="rare")]
    assert plan_splits(chosen, split_sizes(chosen)).untested_labels == ("rare",)


@pytest.mark.parametrize(("only", "lacking"), [("train", "test"), ("test", "train")])
def test_a_column_of_splits_that_lacks_one_is_told_as_that(only: Split, lacking: str) -> None:
    chosen = [replace(item, given_split=only) for item in items(20)]
    with pytest.raises(DataError, match=f"the split column has no {lacking} item") as error:
        plan_splits(chosen, split_sizes(chosen))
    assert "leave --split out" in str(error.value)


@pytest.mark.parametrize(("count", "points"), [(48, 26), (313, 10), (400, 9), (2, 100)])
def test_the_smallest_difference_that_test_items_show(count: int, points: int) -> None:
    assert round(smallest_difference(count)) == points


def test_a_small_test_split_is_explained_in_plain_words() -> None:
    counts = {"train": 168, "validation": 24, "test": 48}
    assert told_apart(PlannedSplits(counts, 0, (), 48)) == (
        "48 test items: two recipes must differ by about 26 points of accuracy before the board can tell them apart; "
        "320 test items would show 10 points"
    )
    assert "48 test items in 12 clusters: two recipes must differ by about 26 to 51 points" in told_apart(
        PlannedSplits(counts, 0, (), 12)
    )
    assert told_apart(PlannedSplits({"test": 400}, 0, (), 400)).endswith("before the board can tell them apart")


def test_planned_splits_count_the_clusters_of_test_items() -> None:
    grouped = [replace(item, cluster=str(n // 2)) for n, item in enumerate(items(40))]
    splits = plan_splits(grouped, Splits(test=8, validation=4))
    assert (splits.counts["test"], splits.test_clusters) == (8, 4)
