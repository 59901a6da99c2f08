"""Cross-validation for domains with few items: whole clusters in folds, each of which is the test split once.

items --near-duplicates share a cluster--> clusters --by label, even sizes--> folds
    fold k: test    a tenth of the others: validation    the rest: training
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from harness.config.domain import Splits
from harness.domains.leaks import NEAR, compared_texts
from harness.domains.splits import drawn
from harness.errors import DataError
from harness.items.item import SPLITS, Item, Split, shuffle_key
from harness.items.unpaired import has_only_wrong_answers
from harness.texts.near_index import NearIndex

VALIDATION_SHARE = 0.1
"""Of the items outside the fold."""
MOST_VALIDATION = 400
"""Most validation items, as in domains without folds."""


def with_joined_near_duplicates(items: Sequence[Item]) -> list[Item]:
    """The items, where items whose texts nearly repeat each other are in one cluster, and so in one fold.

    Otherwise `prepare` would remove each of them from the training of the other's fold. The cluster that comes first
    gives its name to the joined one. Similarity is that of `prepare` (harness/domains/leaks.py).
    """
    index, leader = NearIndex(near=NEAR), dict[str, str]()

    def find(cluster: str) -> str:
        while cluster in leader:
            cluster = leader[cluster]
        return cluster

    clusters = {item.id: item.cluster for item in items}
    for name, several in compared_texts(items).items():
        for text in several:
            for other in index.find(text):
                a, b = find(clusters[other]), find(clusters[name])
                if a != b:
                    leader[b] = a
            index.add(name, text)
    return [replace(item, cluster=find(item.cluster)) if item.cluster in leader else item for item in items]


def assign_fold(items: Sequence[Item], wanted: Splits, fold: int) -> dict[str, Split]:
    """Item id -> split, where the test items are those of one fold (from 1).

    Over all folds, each item is a test item exactly once. Items with wrong answers only cannot be asked: they are never
    test items, and in no split where their cluster is held out.

    Raises:
        DataError: the source has splits of its own, there are fewer clusters than folds, or nothing is left for
            training.
    """
    placed = folds_of_clusters(items, wanted)
    rest = [item for item in items if placed[item.cluster] != fold]
    assigned: dict[str, Split] = {
        item.id: "test" for item in items if placed[item.cluster] == fold and not has_only_wrong_answers(item)
    }
    target = max(1, min(MOST_VALIDATION, round(VALIDATION_SHARE * len(rest))))
    others = drawn(rest, wanted, targets=(("validation", target),))
    if "validation" not in others.values():  # every cluster is larger than that
        smallest = _smallest_cluster(rest, wanted.seed)
        others = {
            item.id: "validation" if item.cluster == smallest else "train"
            for item in rest
            if item.cluster != smallest or not has_only_wrong_answers(item)
        }
    assigned |= others
    counts = Counter(assigned.values())
    for split in SPLITS:
        if not counts[split]:
            raise DataError(
                f"fold {fold} of {wanted.folds} has no {split} item "
                f"({len(items)} items in {len({item.cluster for item in items})} clusters)",
                hint="choose fewer folds, or a column with smaller clusters",
            )
    return assigned


def folds_of_clusters(items: Sequence[Item], wanted: Splits) -> dict[str, int]:
    """Cluster -> its fold, from 1; 0 for a cluster without a right answer. Each label is spread evenly over the folds,
    and so are all items.

    A cluster counts for its most frequent label. The largest clusters are placed first, each in the fold with the
    fewest items of its label, of equal ones in the fold with the fewest items. The same items give the same folds.

    Raises:
        DataError: as `assign_fold`.
    """
    folds = wanted.folds or 1
    _refuse_unfit(items, folds)
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        if not has_only_wrong_answers(item):
            labels[item.cluster][item.label or ""] += 1
    of_fold: Counter[int] = Counter()
    of_label: Counter[tuple[str, int]] = Counter()
    placed = {item.cluster: 0 for item in items}  # clusters that nobody can be asked about are never held out
    for cluster in _largest_first(labels, wanted.seed):
        counts = labels[cluster]
        label = max(sorted(counts), key=lambda name: counts[name])
        fold = min(range(1, folds + 1), key=lambda one: (of_label[label, one], of_fold[one], one))
        placed[cluster] = fold
        of_fold[fold] += counts.total()
        of_label[label, fold] += counts.total()
    return placed


def _largest_first(labels: Mapping[str, Counter[str]], seed: int) -> Iterable[str]:
    return sorted(labels, key=lambda cluster: (-labels[cluster].total(), shuffle_key(seed, cluster)))


def _smallest_cluster(items: Sequence[Item], seed: int) -> str:
    sizes = Counter(item.cluster for item in items if not has_only_wrong_answers(item))
    return min(sizes, key=lambda cluster: (sizes[cluster], shuffle_key(seed, cluster)))


def _refuse_unfit(items: Sequence[Item], folds: int) -> None:
    if any(item.given_split for item in items):
        raise DataError(
            "the file says which items are test items, and folds would ignore it",
            hint="leave out --split (`options.split` in the domain's file), or `folds`",
        )
    clusters = len({item.cluster for item in items if not has_only_wrong_answers(item)})
    if clusters < folds:
        raise DataError(
            f"{folds} folds need at least {folds} clusters, and the {len(items)} items are in {clusters} "
            "(near-duplicates share a cluster)",
            hint="choose fewer folds, or a column with smaller clusters",
        )
