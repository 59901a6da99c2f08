"""View `pairs`: texts that should find each other, with hard negatives, for embedding models."""

from __future__ import annotations

from harness.domains.views.contract import Content, View
from harness.domains.views.multiple_choice import distinct
from harness.items.item import Item
from harness.items.rows import Pair


def pairs_view(content: Content) -> list[Pair]:
    """One row per anchor; empty if no item has a `positive`. The id ends in the number of the anchor.

    Texts that equal the positive, an anchor or another right answer of the item are not used as negatives. An anchor
    that equals the positive is left out.
    """
    return content.mixed(pair for item in content.items for pair in _pairs(content, item))


def _pairs(content: Content, item: Item) -> list[Pair]:
    if not item.positive:
        return []
    anchors = distinct(item.anchors, apart_from=[item.positive])
    negatives = tuple(distinct(content.negatives(item), apart_from=[item.positive, *anchors, *item.other_answers]))
    return [
        Pair(
            id=f"{item.id}-{place}",
            split=content.split[item.id],
            cluster=item.cluster,
            anchor=anchor,
            positive=item.positive,
            negatives=negatives,
        )
        for place, anchor in enumerate(anchors)
    ]


VIEWS = {"pairs": View(Pair, pairs_view, "which text belongs to this one, and which are only similar")}
