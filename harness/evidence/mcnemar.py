"""McNemar's exact test: two checkpoints that answered the same questions, each answer right or wrong."""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import DataError
from harness.evidence.item_scores import ItemScores, paired


@dataclass(frozen=True)
class McNemar:
    """The 2 x 2 table of two checkpoints, and its p-value."""

    both_right: int
    only_first: int
    only_second: int
    both_wrong: int
    p_value: float
    """Two-sided: how likely such a split of the items that only one had right is by tossing a fair coin. It ignores
    clusters, so it is too small where items of one origin are alike; verdicts use the bootstrap instead."""


def mcnemar(first: ItemScores, second: ItemScores) -> McNemar:
    """The exact binomial form (McNemar 1947), which is valid for few discordant items too.

    Raises:
        DataError: a side has several seeds or graded scores, or there is no common item.
    """
    left, right = paired(first, second)
    if left.seeds > 1 or right.seeds > 1:
        raise DataError("McNemar's test needs one seed on each side: answers of several seeds are not independent")
    if not is_binary(left) or not is_binary(right):
        raise DataError("McNemar's test needs answers that are right or wrong, not graded ones")
    from scipy.stats import binomtest

    a, b = left.correct[0] == 1, right.correct[0] == 1
    only_first, only_second = int((a & ~b).sum()), int((b & ~a).sum())
    split = only_first + only_second
    return McNemar(
        both_right=int((a & b).sum()),
        only_first=only_first,
        only_second=only_second,
        both_wrong=int((~a & ~b).sum()),
        p_value=float(binomtest(only_first, split).pvalue) if split else 1.0,
    )


def is_binary(scores: ItemScores) -> bool:
    """Whether every score is 0 or 1."""
    return bool(((scores.correct == 0) | (scores.correct == 1)).all())
