"""Step 5 of the board: the ranks of the rows of one domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.evidence.ranking import ranks
from harness.evidence.resampling import Resampling
from harness.reports.board.judged.estimates import EstimatedGroup
from harness.reports.contract.rounding import rounded_p
from harness.reports.contract.rows import RankCell


def rank_cells(groups: Sequence[EstimatedGroup], resampling: Resampling) -> list[RankCell | None]:
    """The rank of each group of a domain, in board order; null for groups that are not ranked.

    Only groups that answered the same items as most others are ranked: some models cannot answer every item.
    """
    candidates = {i: one.scored.main_items for i, one in enumerate(groups) if one.ranked}
    scores = {i: items for i, items in candidates.items() if items}
    asked = Counter(frozenset(items.items) for items in scores.values())
    most = max(asked, key=lambda items: (asked[items], len(items)), default=frozenset())
    scores = {i: items for i, items in scores.items() if frozenset(items.items) == most}
    found: list[RankCell | None] = [None] * len(groups)
    for i, rank in zip(scores, ranks(list(scores.values()), resampling=resampling), strict=True):
        found[i] = RankCell(may_be_best=rank.may_be_best, first=rank.first, last=rank.last, p_best=rounded_p(rank.best))
    return found
