"""What a reader must know about rows that pool the folds of a cross-validation."""

from __future__ import annotations

from collections.abc import Sequence

from harness.reports.contract.rows import Row


def fold_sentences(rows: Sequence[Row]) -> list[str]:
    """How rows of one domain with folds were measured, in plain text; empty where there are none."""
    folds = max((row.folds or 0 for row in rows), default=0)
    if not folds:
        return []
    return [
        f"Cross-validation in {folds} folds: each row is {folds} trained models per seed, and each item was asked of "
        "the model that had not learnt its fold. Seconds, money and counts are those of one model (mean over folds), "
        "memory is the highest peak. Intervals resample items by cluster; the same models stand behind many items."
    ]
