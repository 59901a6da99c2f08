"""The ranks of the rows of a board, from the scores behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from harness.evidence.item_scores import ItemScores
from harness.evidence.ranking import ranks
from harness.evidence.resampling import Resampling
from harness.reports.board.rows import RankCell, Row


@dataclass(frozen=True)
class Contender:
    """A row with the scores behind it, for comparisons beyond those with the reference."""

    row: Row
    items: ItemScores | None


def with_ranks(contenders: Sequence[Contender], resampling: Resampling) -> list[Contender]:
    """The same, by domain in the order of the board, with `rank` in the rows that have one.

    Rows that answered other items than most (a model could not be asked some) have none.
    """
    found: list[Contender] = []
    for _, of_domain in groupby(contenders, key=lambda contender: contender.row.domain):
        rows = list(of_domain)
        scores = {i: one.items for i, one in enumerate(rows) if one.row.ranked and one.items}
        asked = Counter(frozenset(items.items) for items in scores.values())
        most = max(asked, key=lambda items: (asked[items], len(items)), default=frozenset())
        scores = {i: items for i, items in scores.items() if frozenset(items.items) == most}
        for i, rank in zip(scores, ranks(list(scores.values()), resampling=resampling), strict=True):
            cell = RankCell(first=rank.first, last=rank.last, p_best=short_p(rank.best))
            rows[i] = replace(rows[i], row=rows[i].row.model_copy(update={"rank": cell}))
        found += rows
    return found


def short_p(p: float | None) -> float | None:
    """Four digits that count: the last ones differ with the number of threads."""
    return None if p is None else float(f"{p:.4g}")
