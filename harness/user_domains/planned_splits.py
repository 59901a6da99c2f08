"""Plan the splits of a new domain: how many items are held out, and how many remain for training."""

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
"""Fewest usable items; fewer cannot be split into three useful parts."""
MOST_HELD_OUT = 400
"""Most items of a held-out split: 30 to 60 seconds of scoring per run, with intervals of about five points."""
TEST_SHARE, VALIDATION_SHARE = 0.2, 0.1
IN_ALL_SPLITS = 3
"""Items that a label needs to be in all three splits."""
COMPARED = 20_000
"""Up to this many items, leaks are counted here already; `harness prepare` removes them for any number."""


@dataclass(frozen=True)
class PlannedSplits:
    """The splits that `harness collect` and `harness prepare` will make."""

    counts: dict[str, int]
    """Split -> items."""
    leaks: int | None
    """Training items that leak a held-out item, which `prepare` removes; None if not counted."""
    untested_labels: tuple[str, ...]
    """Labels without a test item."""


def split_sizes(items: Sequence[Item]) -> Splits:
    """20 % for test and 10 % for validation, at most 400 items each; more if there are more labels than that.

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
    """Pass if there are enough items to split.

    Raises:
        DataError: fewer than ten items.
    """
    if len(items) < FEWEST:
        raise DataError(
            f"only {len(items)} usable {'item remains' if len(items) == 1 else 'items remain'} after copies and "
            "contradictions are removed",
            expected=f"at least {FEWEST}; to tell recipes apart, some hundreds",
            hint="add records; the report above says why records were left out",
        )


def plan_splits(items: Sequence[Item], wanted: Splits) -> PlannedSplits:
    """Assign the splits as `collect` will, and count the training items that `prepare` will remove as leaks.

    Raises:
        DataError: a split would be empty, or no training item would remain.
    """
    _check_given(items)
    split = assign_splits(items, wanted)
    counts = Counter(split.values())
    leaks = _count_leaks(items, split) if len(items) <= COMPARED else None
    if leaks == counts["train"]:
        raise DataError(
            f"all {leaks} training items nearly repeat a held-out item, so no training item remains",
            hint="use --cluster with the column that similar records share; then they stay in one split",
        )
    labels = {item.label for item in items if item.label is not None}
    tested = {item.label for item in items if split.get(item.id) == "test"}
    untested = tuple(sorted(label for label in labels if label not in tested))
    return PlannedSplits({name: counts[name] for name in SPLITS}, leaks, untested)


def _check_given(items: Sequence[Item]) -> None:
    given = Counter(item.given_split for item in items if item.given_split)
    lacking = [split for split in ("train", "test") if given and not given[split]]
    if lacking:
        raise DataError(
            f"the split column has no {lacking[0]} item",
            expected="train and test; validation is drawn from train if it is missing",
            hint="fill the column, or leave --split out; then the harness splits the file",
        )


def _count_leaks(items: Sequence[Item], split: Mapping[str, Split]) -> int:
    texts = compared_texts([item for item in items if item.id in split])  # the items that `collect` keeps
    train = {name: several for name, several in texts.items() if split[name] == "train"}
    held_out = [text for name, several in texts.items() if split[name] != "train" for text in several]
    return len(near_duplicates(train, {"held out": held_out}, near=NEAR)["held out"])
