"""Plan the splits of a new domain: how many items are held out, and how many remain for training."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from harness.config.domain import Splits
from harness.domains.folds import assign_fold, folds_of_clusters, with_joined_near_duplicates
from harness.domains.leaks import NEAR, compared_texts, near_duplicates
from harness.domains.shown_files import file_leaks, with_joined_files
from harness.domains.splits import assign_splits
from harness.errors import DataError
from harness.items.item import SPLITS, Item, Split
from harness.items.media_item import shown_by
from harness.items.unpaired import has_only_wrong_answers

FEWEST = 10
"""Fewest usable items; fewer cannot be split into three useful parts."""
MOST_HELD_OUT = 400
"""Most items of a held-out split: 30 to 60 seconds of scoring per run, with intervals of about five points."""
TEST_SHARE, VALIDATION_SHARE = 0.2, 0.1
IN_ALL_SPLITS = 3
"""Items that a label needs to be in all three splits."""
DIFFERENT_ANSWERS = 0.4
"""Share of the test items that two recipes are assumed to answer differently, one right and the other wrong."""
FEW_POINTS = 10
"""A test that needs a larger difference than this is called small."""
SUGGESTED_FOLDS = 5
"""Folds that `domain add` suggests: each trains on four fifths of the items."""
_Z_OF_TEST = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)
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
    test_clusters: int
    """Clusters of the test items; items of one cluster tend to be easy or hard together."""
    folds: tuple[int, ...] = ()
    """Test items of each fold; empty without folds. Then `counts` holds all test items, and the training and validation
    items of the first fold."""
    unlearnt_labels: tuple[str, ...] = ()
    """Labels of one cluster: the fold that tests them cannot learn them."""
    rarely_tested_labels: tuple[str, ...] = ()
    """Labels that not every fold tests, because they have fewer clusters than there are folds."""


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
    if wanted.folds:
        return _plan_folds(items, wanted)
    _check_given(items)
    items = _joined(items) if _show_files(items) else items
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
    clusters = len({item.cluster for item in items if split.get(item.id) == "test"})
    return PlannedSplits({name: counts[name] for name in SPLITS}, leaks, untested, clusters)


def _plan_folds(items: Sequence[Item], wanted: Splits) -> PlannedSplits:
    joined = _joined(items)
    placed = folds_of_clusters(joined, wanted)
    sizes = Counter(placed[item.cluster] for item in joined if not has_only_wrong_answers(item))
    folds = range(1, (wanted.folds or 0) + 1)
    splits = [Counter(assign_fold(joined, wanted, fold).values()) for fold in folds]
    clusters: dict[str, set[str]] = {}
    for item in joined:
        if item.label is not None:
            clusters.setdefault(item.label, set()).add(item.cluster)
    return PlannedSplits(
        counts={**{name: splits[0][name] for name in SPLITS}, "test": sizes.total()},
        leaks=0,  # near-duplicates are in one fold
        untested_labels=(),
        test_clusters=len({item.cluster for item in joined if placed[item.cluster]}),
        folds=tuple(sizes[fold] for fold in folds),
        unlearnt_labels=tuple(sorted(label for label, found in clusters.items() if len(found) == 1)),
        rarely_tested_labels=tuple(sorted(label for label, found in clusters.items() if 1 < len(found) < len(folds))),
    )


def smallest_difference(items: int) -> float:
    """The difference in accuracy, in points, that a test with this many independent items usually shows.

    A paired test at 95 % confidence finds it with a probability of 80 %, if two recipes answer differently on
    `DIFFERENT_ANSWERS` of the items (Connor 1987, Biometrics 43, 207-211, for McNemar's test).
    """
    return min(100.0, 100 * _Z_OF_TEST * math.sqrt(DIFFERENT_ANSWERS / items))


def told_apart(splits: PlannedSplits) -> str:
    """How large a difference the planned test items can show, in plain words."""
    items, clusters = splits.counts["test"], splits.test_clusters
    least, most = smallest_difference(items), smallest_difference(clusters)
    points = f"about {least:.0f}" if clusters == items else f"about {least:.0f} to {most:.0f}"
    where = f"{items:,} test items" + ("" if clusters == items else f" in {clusters:,} clusters")
    line = f"{where}: two recipes must differ by {points} points of accuracy before the board can tell them apart"
    if most <= FEW_POINTS:
        return line
    enough = math.ceil(DIFFERENT_ANSWERS * (100 * _Z_OF_TEST / FEW_POINTS) ** 2 / 10) * 10
    return f"{line}; {enough:,} test items would show {FEW_POINTS} points"


def folds_would_show(splits: PlannedSplits, *, folds: int = SUGGESTED_FOLDS) -> str:
    """What cross-validation would gain where the test items are few, in plain words."""
    items = sum(splits.counts.values())
    return (
        f"with `--folds {folds}` (cross-validation) all {items:,} items are tested, each by a model that has not "
        f"learnt it: about {smallest_difference(items):.0f} points, for {folds} trainings per recipe and seed"
    )


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
    if _show_files(items):
        learnt = [item for item in items if split.get(item.id) == "train"]
        held_out = [item for item in items if split.get(item.id, "train") != "train"]
        return len(file_leaks(learnt, {"held out": held_out})["held out"])
    texts = compared_texts([item for item in items if item.id in split])  # the items that `collect` keeps
    train = {name: several for name, several in texts.items() if split[name] == "train"}
    asked = [text for name, several in texts.items() if split[name] != "train" for text in several]
    return len(near_duplicates(train, {"held out": asked}, near=NEAR)["held out"])


def _show_files(items: Sequence[Item]) -> bool:
    return any(shown_by(item) for item in items)


def _joined(items: Sequence[Item]) -> list[Item]:
    """The items, where items that `collect` keeps in one fold or split share a cluster."""
    return with_joined_files(items) if _show_files(items) else with_joined_near_duplicates(items)
