"""Find repeated texts in a file.

- Duplicates and contradictions: `harness collect` merges or removes them.
- Similar texts: nearly equal texts anywhere in the file. They are only reported.
- Leaks: training items that nearly repeat a held-out item of the file's own splits. `harness prepare` removes them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from harness.domains.duplicates import Deduplicated
from harness.domains.leaks import NEAR, compared_texts, near_duplicate_groups, near_duplicates
from harness.items.item import Item
from harness.texts.near_index import folded

EXAMPLES = 2
"""Most examples of contradictions and of similar texts."""


@dataclass(frozen=True)
class Conflict:
    """One text with several labels."""

    text: str
    labels: tuple[str, ...]
    """Sorted."""


@dataclass(frozen=True)
class Copies:
    """Numbers and examples of repeated texts."""

    duplicates: int
    """Further copies of a text with the same label and answer; only the first is kept."""
    merged: int
    """Copies with a different answer, which becomes another right answer of the first copy."""
    conflicting_items: int
    """Items whose text occurs with several labels; none of them is kept."""
    conflicts: tuple[Conflict, ...]
    """Examples of contradictions."""
    similar_groups: int
    """Groups of texts with a character 5-gram Jaccard similarity of at least `NEAR`, without exact copies.

    Texts are compared without what many of them share (`harness.domains.leaks.compared_texts`)."""
    similar_items: int
    """Items in these groups; all of them are kept."""
    similar_examples: tuple[tuple[str, str], ...]
    """Two texts of a group, for some groups."""
    split_leaks: dict[str, int]
    """Held-out split -> training items that nearly repeat one of its items; empty if the file gives no splits."""
    given_split_copies: int
    """Training or validation items removed because the file has the same text in validation or test."""


def find_copies(items: Sequence[Item], unique: Deduplicated, *, sample: Sequence[Item]) -> Copies:
    """Count the repeated texts of a file.

    `unique` is the result of deduplicating `items`. Similar texts and leaks are searched in `sample`, a part of it.
    """
    texts = {item.id: item.text for item in sample}
    groups = near_duplicate_groups({name: several[0] for name, several in compared_texts(sample).items()}, near=NEAR)
    return Copies(
        duplicates=unique.duplicates,
        merged=unique.merged,
        conflicting_items=unique.contradictions,
        conflicts=_conflicts(items)[:EXAMPLES],
        similar_groups=len(groups),
        similar_items=sum(map(len, groups)),
        similar_examples=tuple((texts[group[0]], texts[group[1]]) for group in groups[:EXAMPLES]),
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
    texts = compared_texts(items)
    train = {item.id: texts[item.id] for item in items if item.given_split == "train"}
    held_out: dict[str, list[str]] = {}
    for item in items:
        if item.given_split in ("validation", "test"):
            held_out.setdefault(item.given_split, []).extend(texts[item.id])
    return {split: len(ids) for split, ids in near_duplicates(train, held_out, near=NEAR).items()}
