"""Check that the labels of a user's file can be learnt."""

from __future__ import annotations

from collections.abc import Sequence

from harness.errors import DataError
from harness.items.item import Item

MAX_LABELS = 1000
"""Most classes. More do not fit into a prompt, and a held-out split would lack most of them."""


def check_labels_of_file(items: Sequence[Item], *, where: str | None = None, hint: str | None = None) -> None:
    """Pass if no item has a label, or if there are at least two classes of several items each.

    `hint`: what to do if the column is none of classes; null: what the options for texts offer.

    Raises:
        DataError: there is only one class, there are more than a thousand, or each record has a class of its own.
    """
    labels = [item.label for item in items if item.label is not None]
    classes = set(labels)
    if not labels:
        return
    if len(classes) == 1:
        raise DataError(
            f'all {len(labels):,} records have the label "{labels[0][:80]}"',
            where=where,
            expected="at least two classes",
            hint="check which column is the label; if each class has a file of its own, give the folder of these files",
        )
    if len(classes) > MAX_LABELS or len(classes) == len(labels):
        raise DataError(
            f"{len(classes):,} labels for {len(labels):,} records: the column looks like free text or an identifier",
            where=where,
            expected=f"at most {MAX_LABELS:,} classes with several records each",
            hint=hint
            or "name another column with --label, or use --output instead of --label if a model should write it",
        )
