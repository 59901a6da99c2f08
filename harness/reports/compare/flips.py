"""Where two recipes differ: items that count for only one of them, and the clusters with most of these items.

An item counts for a side if the mean of its metric over the seeds is above one half.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.config.strict import StrictModel
from harness.reports.compare.answers import Answered
from harness.reports.compare.item_texts import Texts


class Flip(StrictModel):
    """An item that counts for one side and not for the other."""

    item: str
    cluster: str
    text: str | None
    """null where the domain is not prepared here."""
    gold: str
    first_answer: str
    second_answer: str
    first: float
    """The item's part of the metric, mean over the seeds of the first side."""
    second: float
    first_is_right: float | None = None
    """Share of the first side's seeds whose answer itself is right; null where this cannot be told."""
    second_is_right: float | None = None


class ClusterNet(StrictModel):
    """The difference over all items of one origin."""

    cluster: str
    items: int
    only_first: int
    only_second: int
    net: float
    """Sum over its items of first minus second, in items."""


class Flips(StrictModel):
    """All items that flipped. The lists may be cut short; the counts cover all items."""

    only_first: int
    only_second: int
    first_right: list[Flip]
    second_right: list[Flip]
    clusters: list[ClusterNet]
    """Clusters with a net difference, the largest first."""


def flips(first: Sequence[Answered], second: Sequence[Answered], *, texts: Texts, limit: int) -> Flips:
    """Flips among the items that both answered: the clearest first, at most `limit` in each list."""
    other = {one.item: one for one in second}
    both = [(one, other[one.item]) for one in first if one.item in other]
    for_first = [(a, b) for a, b in both if a.counted and b.uncounted]
    for_second = [(a, b) for a, b in both if a.uncounted and b.counted]
    return Flips(
        only_first=len(for_first),
        only_second=len(for_second),
        first_right=_shown(for_first, texts, limit),
        second_right=_shown(for_second, texts, limit),
        clusters=_clusters(both)[:limit],
    )


def _shown(pairs: list[tuple[Answered, Answered]], texts: Texts, limit: int) -> list[Flip]:
    clearest = sorted(pairs, key=lambda pair: (-abs(pair[0].correct - pair[1].correct), pair[0].item))
    return [
        Flip(
            item=a.item,
            cluster=a.cluster,
            text=texts.text(a.item),
            gold=a.gold,
            first_answer=a.answer,
            second_answer=b.answer,
            first=round(a.correct, 6),
            second=round(b.correct, 6),
            first_is_right=a.right,
            second_is_right=b.right,
        )
        for a, b in clearest[:limit]
    ]


def _clusters(both: list[tuple[Answered, Answered]]) -> list[ClusterNet]:
    members: dict[str, list[tuple[Answered, Answered]]] = {}
    for a, b in both:
        members.setdefault(a.cluster, []).append((a, b))
    nets = [
        ClusterNet(
            cluster=cluster,
            items=len(pairs),
            only_first=sum(a.counted and b.uncounted for a, b in pairs),
            only_second=sum(a.uncounted and b.counted for a, b in pairs),
            net=round(sum(a.correct - b.correct for a, b in pairs), 6) + 0.0,
        )
        for cluster, pairs in members.items()
    ]
    return sorted((one for one in nets if one.net), key=lambda one: (-abs(one.net), one.cluster))
