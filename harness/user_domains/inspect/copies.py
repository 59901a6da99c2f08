"""Texts that a file has more than once, nearly so, with contradicting labels, or on both sides of its own splits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from harness.domains.duplicates import Deduplicated
from harness.domains.leaks import NEAR, near_duplicate_groups, near_duplicates, texts_of
from harness.items.item import Item
from harness.texts.near_index import folded

EXAMPLES = 2


@dataclass(frozen=True)
class Conflict:
    """One text with several labels."""

    text: str
    labels: tuple[str, ...]
    """Sorted."""


@dataclass(frozen=True)
class Copies:
    """What `harness collect` will drop or join, and what `harness prepare` may."""

    duplicates: int
    """Further copies of a text with the same label and answer; the first is kept."""
    merged: int
    """Copies with another answer, which becomes a further right one."""
    conflicting_items: int
    """Items whose text occurs with several labels; none is kept."""
    conflicts: tuple[Conflict, ...]
    """Examples of them."""
    near_groups: int
    """Groups of texts with a 5-gram Jaccard similarity of at least `NEAR`; exact copies aside."""
    near_items: int
    """Items in those groups."""
    near_examples: tuple[tuple[str, str], ...]
    """Two texts of a group, for some groups."""
    split_leaks: dict[str, int]
    """Held-out split -> training items whose text nearly repeats one of it; empty where the file gives no splits."""
    given_split_copies: int
    """Items dropped because the file has the same text in a split that is held out more strictly."""


def find_copies(items: Sequence[Item], unique: Deduplicated, *, sample: Sequence[Item]) -> Copies:
    """`unique` is what deduplication leaves of `items`; near-duplicates are looked for in `sample`, a part of that."""
    texts = {item.id: item.text for item in sample}
    groups = near_duplicate_groups(texts, near=NEAR)
    return Copies(
        duplicates=unique.duplicates,
        merged=unique.merged,
        conflicting_items=unique.contradictions,
        conflicts=_conflicts(items)[:EXAMPLES],
        near_groups=len(groups),
        near_items=sum(map(len, groups)),
        near_examples=tuple((texts[group[0]], texts[group[1]]) for group in groups[:EXAMPLES]),
        split_leaks=_split_leaks(sample),
        given_split_copies=unique.given_split_leaks,
    )


def _conflicts(items: Sequence[Item]) -> tuple[Conflict, ...]:
    first: dict[str, str] = {}
    labels: dict[str, set[str]] = defaultdict(set)
    for item in items:
        if item.label is not None:
            key = folded(item.text)
            first.setdefault(key, item.text)
            labels[key].add(item.label)
    return tuple(Conflict(first[key], tuple(sorted(found))) for key, found in labels.items() if len(found) > 1)


def _split_leaks(items: Sequence[Item]) -> dict[str, int]:
    train = {item.id: texts_of(item) for item in items if item.given_split == "train"}
    held_out: dict[str, list[str]] = {}
    for item in items:
        if item.given_split in ("validation", "test"):
            held_out.setdefault(item.given_split, []).extend(texts_of(item))
    return {split: len(ids) for split, ids in near_duplicates(train, held_out, near=NEAR).items()}
