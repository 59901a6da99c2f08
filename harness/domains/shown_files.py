"""Items that show the same file: they share a cluster, and a training item that shows a held-out file is a leak."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from harness.domains.duplicates import with_joined_clusters
from harness.items.item import Item
from harness.items.media_item import shown_by


def with_joined_files(items: Sequence[Item]) -> list[Item]:
    """The items, where items that show the same file are in one cluster, and so in one split.

    Files are compared by their content. A picture that was saved again is another file.
    """
    clusters: dict[str, list[str]] = defaultdict(list)
    for item in items:
        for file in shown_by(item):
            clusters[file].append(item.cluster)
    return with_joined_clusters(items, clusters.values())


def file_leaks(train: Iterable[Item], held_out: Mapping[str, Iterable[Item]]) -> dict[str, set[str]]:
    """Origin of held-out items -> ids of the training items that show one of their files; every origin is a key."""
    shown_at = {origin: {file for item in items for file in shown_by(item)} for origin, items in held_out.items()}
    leaks: dict[str, set[str]] = {origin: set() for origin in held_out}
    for item in train:
        for origin, files in shown_at.items():
            if not files.isdisjoint(shown_by(item)):
                leaks[origin].add(item.id)
    return leaks
