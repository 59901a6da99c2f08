"""How many items a new domain holds out, and what that leaves for training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.config.domain import Splits
from harness.domains.leaks import NEAR, compared_texts, near_duplicates
from harness.domains.splits import assign_splits
from harness.errors import DataError
from harness.items.item import SPLITS, Item, Split

FEWEST = 10
"""Usable items; fewer cannot be split into three parts that say anything."""
MOST_HELD_OUT = 400
"""Items of a split: half a minute to a minute of scoring a run, and intervals of about five points."""
TEST_SHARE, VALIDATION_SHARE = 0.2, 0.1
IN_ALL_SPLITS = 3
"""Items that a label needs to be in all three splits."""
COMPARED = 20_000
"""Items up to which training is compared with what is held out beforehand; `harness prepare` does it for any number."""


@dataclass(frozen=True)
class PlannedSplits:
    """What `harness collect` and `harness prepare` will make of the items."""

    counts: dict[str, int]
    """Split -> items."""
    near_held_out: int | None
    """Training items that nearly repeat a held-out one, which `prepare` removes; None if not compared."""
    untested_labels: tuple[str, ...]
    """Labels without a test item."""


def split_sizes(items: Sequence[Item]) -> Splits:
    """20 % for test and 10 % for validation, at most 400 each; more where labels need one item each.

    Raises:
        DataError: fewer than ten items.
    """
    check_enough(items)
    counts = Counter(item.label for item in items if item.label is not None)
    labels = sum(count >= IN_ALL_SPLITS for count in counts.values())
    n = len(items)
    test = max(min(MOST_HELD_OUT, round(n * TEST_SHARE)), min(labels, n // 4))
    validation = max(min(MOST_HELD_OUT, round(n * VALIDATION_SHARE)), min(labels, n // 8))
    return Splits(validation=max(validation, 1), test=max(test, 1))


def check_enough(items: Sequence[Item]) -> None:
    """Refuse what cannot be split.

    Raises:
        DataError: fewer than ten items.
    """
    if len(items) < FEWEST:
        raise DataError(
            f"only {len(items)} usable {'item is' if len(items) == 1 else 'items are'} left without copies and "
            "contradictions",
            expected=f"at least {FEWEST}; some hundreds to tell recipes apart",
            hint="add records; the report above says what was left out",
        )


def plan_splits(items: Sequence[Item], wanted: Splits) -> PlannedSplits:
    """Assign the splits as `collect` will, and compare training with what is held out as `prepare` will.

    Raises:
        DataError: a split would be empty, or no training item would be left.
    """
    _check_given(items)
    split = assign_splits(items, wanted)
    counts = Counter(split.values())
    near = _near_held_out(items, split) if len(items) <= COMPARED else None
    if near == counts["train"]:
        raise DataError(
            f"all {near} training items nearly repeat held-out ones, so nothing is left to learn from",
            hint="name the column of what records have in common with --cluster, so that it stays in one split",
        )
    labels = {item.label for item in items if item.label is not None}
    tested = {item.label for item in items if split.get(item.id) == "test"}
    untested = tuple(sorted(label for label in labels if label not in tested))
    return PlannedSplits({name: counts[name] for name in SPLITS}, near, untested)


def _check_given(items: Sequence[Item]) -> None:
    given = Counter(item.given_split for item in items if item.given_split)
    lacking = [split for split in ("train", "test") if given and not given[split]]
    if lacking:
        raise DataError(
            f"the column of splits gives no {lacking[0]} item",
            expected="train and test; validation is drawn from train if it is missing",
            hint="fill the column, or leave --split out to have the harness split the file",
        )


def _near_held_out(items: Sequence[Item], split: Mapping[str, Split]) -> int:
    texts = compared_texts([item for item in items if item.id in split])  # as `collect` leaves them to `prepare`
    train = {name: several for name, several in texts.items() if split[name] == "train"}
    held_out = [text for name, several in texts.items() if split[name] != "train" for text in several]
    return len(near_duplicates(train, {"held out": held_out}, near=NEAR)["held out"])
