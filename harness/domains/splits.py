"""Assign whole clusters to train, validation and test."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from harness.config.domain import Splits
from harness.errors import DataError
from harness.items.item import SPLITS, Item, Split, shuffle_key
from harness.items.unpaired import has_only_wrong_answers


def assign_splits(items: Sequence[Item], wanted: Splits) -> dict[str, Split]:
    """Item id -> split. Clusters are drawn for test first, then for validation; the rest is training.

    - If the source has splits of its own, they are used. If it has no validation split, validation items are drawn from
      its training items.
    - Each label gets its share of a split. A cluster counts for its most frequent label.
    - Clusters are drawn in pseudo-random order. A cluster that would make the split too large is skipped, so a split
      never exceeds its size.
    - Each label keeps at least one cluster for training.
    - Of a held-out cluster at most `per_cluster` items are used. The others are in no split and not in the result.
    - Items with wrong answers only cannot be asked. They do not count for the size of a split, and are in no split if
      their cluster is held out.

    Raises:
        DataError: a split would be empty, or only some items have a split in the source.
    """
    if any(item.given_split for item in items):
        return _with_given_splits(items, wanted)
    assigned = drawn(items, wanted, targets=(("test", wanted.test), ("validation", wanted.validation)))
    _require_all(assigned, items, wanted)
    return assigned


def _with_given_splits(items: Sequence[Item], wanted: Splits) -> dict[str, Split]:
    given = {item.id: item.given_split for item in items if item.given_split}
    if len(given) < len(items):
        lacking = next(item.id for item in items if not item.given_split)
        raise DataError(
            f'item "{lacking}" has no split, but others have',
            expected="a split for every item, or for none",
            hint="fill the column for all items, or leave it out and the harness draws the splits",
        )
    if "validation" not in given.values():
        train = [item for item in items if given[item.id] == "train"]
        held_out: dict[str, Split] = {name: split for name, split in given.items() if split != "train"}
        # items beyond `per_cluster` of a validation cluster must not stay in training
        given = held_out | drawn(train, wanted, targets=(("validation", wanted.validation),))
    _require_all(given, items, wanted)
    return given


def drawn(items: Sequence[Item], wanted: Splits, *, targets: Sequence[tuple[Split, int]]) -> dict[str, Split]:
    """Draw whole clusters for each target, in the order of the targets. What is left is training."""
    cap = wanted.per_cluster or len(items)
    clusters = _clusters([item for item in items if not has_only_wrong_answers(item)], wanted.seed, cap=cap)
    split_of_cluster: dict[str, Split] = {}
    for split, target in targets:
        for cluster in _draw(clusters, split_of_cluster, target=target):
            split_of_cluster[cluster] = split
    assigned: dict[str, Split] = {}
    held_out: Counter[str] = Counter()
    for item in sorted(items, key=lambda item: shuffle_key(wanted.seed, item.id)):
        split_of_item = split_of_cluster.get(item.cluster, "train")
        if split_of_item != "train" and has_only_wrong_answers(item):
            continue
        held_out[item.cluster] += split_of_item != "train"
        if held_out[item.cluster] <= cap:
            assigned[item.id] = split_of_item
    return assigned


def _require_all(assigned: Mapping[str, Split], items: Sequence[Item], wanted: Splits) -> None:
    counts = Counter(assigned.values())
    for split in SPLITS:
        if not counts[split]:
            raise DataError(
                f"the {split} split is empty ({len(items)} items in {len({item.cluster for item in items})} clusters, "
                f"{wanted.test} wanted for test and {wanted.validation} for validation)",
                hint="make `splits` smaller, or give a column with smaller clusters",
            )


def _clusters(items: Sequence[Item], seed: int, *, cap: int) -> dict[str, dict[str, int]]:
    """Label (empty for none) -> {cluster: number of items that a split may take}, clusters in pseudo-random order."""
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        labels[item.cluster][item.label or ""] += 1
    by_label: dict[str, dict[str, int]] = defaultdict(dict)
    for cluster in sorted(labels, key=lambda name: shuffle_key(seed, name)):
        counts = labels[cluster]
        most = max(sorted(counts), key=lambda label: counts[label])
        by_label[most][cluster] = min(counts.total(), cap)
    return dict(sorted(by_label.items()))


def _draw(clusters: Mapping[str, Mapping[str, int]], taken: Mapping[str, Split], *, target: int) -> list[str]:
    """The clusters of one split of at most `target` items."""
    total = sum(sum(sizes.values()) for sizes in clusters.values())
    drawn: list[str] = []
    left = target
    spare: list[tuple[float, str, str, int]] = []
    may_go: dict[str, int] = {}
    for label, sizes in clusters.items():
        free = {cluster: size for cluster, size in sizes.items() if cluster not in taken}
        quota = target * sum(sizes.values()) / total
        may_go[label] = len(free) - 1  # one cluster stays for training
        passed_over: dict[str, int] = {}
        for cluster, size in free.items():
            if may_go[label] > 0 and size <= min(quota, left):
                drawn.append(cluster)
                quota, left = quota - size, left - size
                may_go[label] -= 1
            else:
                passed_over[cluster] = size
        for cluster, size in passed_over.items():
            quota -= size
            spare.append((-quota, label, cluster, size))
    # quotas leave gaps: fill them with clusters that fit, first those whose label then exceeds its share the least
    for _, label, cluster, size in sorted(spare, key=lambda entry: entry[0]):
        if may_go[label] > 0 and size <= left:
            drawn.append(cluster)
            left -= size
            may_go[label] -= 1
    return drawn
