"""McNemar's exact test: two checkpoints, the same questions, right or wrong."""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import DataError
from harness.evidence.item_scores import ItemScores, paired


@dataclass(frozen=True)
class McNemar:
    """The table of a pair and what it says."""

    both_right: int
    only_first: int
    only_second: int
    both_wrong: int
    p_value: float
    """Two-sided: were the items that only one had right tossed by a fair coin? Clusters are not regarded, so where
    items of one origin are alike it is too small; the verdict is the bootstrap's."""


def mcnemar(first: ItemScores, second: ItemScores) -> McNemar:
    """Exact binomial form (McNemar 1947; no normal approximation, so that few discordant items are no problem).

    Raises:
        DataError: several seeds on a side, a graded score, or nothing to pair.
    """
    left, right = paired(first, second)
    if left.seeds > 1 or right.seeds > 1:
        raise DataError("McNemar's test is for one seed on each side: answers of several seeds are not independent")
    if not is_binary(left) or not is_binary(right):
        raise DataError("McNemar's test is for answers that are right or wrong, not for grades")
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
    """Whether every answer is right or wrong."""
    return bool(((scores.correct == 0) | (scores.correct == 1)).all())
