"""Inspect the labels: their counts, balance and suspicious spellings."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.items.item import Item

ENOUGH = 3
"""Fewest items of a label that can be in all three splits."""

MISSING = ("na", "n/a", "#n/a", "null", "none", "nil", "missing", "-", "?", ".")
"""Spellings of a missing value, in any case. They are only reported, because "NA" may also mean Namibia."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True)
class LabelBalance:
    """Statistics of the items with a label."""

    counts: dict[str, int]
    """Label -> items, most frequent first."""
    ratio: float
    """Items of the most frequent label per item of the rarest label."""
    few: tuple[str, ...]
    """Labels with fewer than three items: they cannot be in all three splits."""
    only_in_test: tuple[str, ...]
    """Labels in the file's test split but not in its training split; empty if the file gives no splits."""
    unlabelled: int
    """Items without a label."""
    are_numbers: bool
    """Whether all labels are bare numbers."""
    like_missing: dict[str, int]
    """Label that spells a missing value -> items."""
    alike: tuple[tuple[str, ...], ...]
    """Groups of labels that differ only in case, in invisible characters or in their Unicode form."""


def label_balance(items: Sequence[Item]) -> LabelBalance | None:
    """Statistics of the labels; None if no item has a label."""
    labelled = [(item.label, item.given_split) for item in items if item.label is not None]
    if not labelled:
        return None
    counts = Counter(label for label, _ in labelled)
    ordered = dict(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))
    trained = {label for label, split in labelled if split == "train"}
    tested = {label for label, split in labelled if split == "test"}
    return LabelBalance(
        counts=ordered,
        ratio=max(ordered.values()) / min(ordered.values()),
        few=tuple(label for label, count in ordered.items() if count < ENOUGH),
        only_in_test=tuple(sorted(tested - trained)),
        unlabelled=len(items) - len(labelled),
        are_numbers=all(_NUMBER.fullmatch(label) for label in ordered),
        like_missing={label: count for label, count in ordered.items() if label.casefold() in MISSING},
        alike=_alike(ordered),
    )


def _alike(labels: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    groups: dict[str, list[str]] = defaultdict(list)
    for label in labels:
        composed = unicodedata.normalize("NFKC", label)
        seen = "".join(character for character in composed if unicodedata.category(character) != "Cf")
        groups[" ".join(seen.casefold().split())].append(label)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)
