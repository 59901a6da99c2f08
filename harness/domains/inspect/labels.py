"""How the labels are spread over the items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from harness.domains.items import Item

ENOUGH = 3
"""Items of a label: one for each split."""


@dataclass(frozen=True)
class LabelBalance:
    """The labels of the items that have one."""

    counts: dict[str, int]
    """Label -> items, most frequent first."""
    ratio: float
    """Items of the most frequent label for each item of the rarest."""
    few: tuple[str, ...]
    """Labels with fewer than three items: they cannot be in all three splits."""
    only_in_test: tuple[str, ...]
    """Labels that no item of the file's own training split has; empty where the file gives no splits."""
    unlabelled: int
    """Items without a label."""


def label_balance(items: Sequence[Item]) -> LabelBalance | None:
    """None if no item has a label."""
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
    )
