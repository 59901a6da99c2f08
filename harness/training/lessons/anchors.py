"""The rows that embedding losses read, made of pairs of texts that belong together."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Literal

from harness.errors import RunFailed
from harness.items.rows import Pair

LossName = Literal["mnrl", "gist", "triplet", "contrastive"]
"""`mnrl`: MultipleNegativesRankingLoss; `gist`: GISTEmbedLoss; `triplet`: TripletLoss; `contrastive`:
OnlineContrastiveLoss (sentence-transformers)."""


def loss_columns(
    pairs: Sequence[Pair],
    *,
    loss: LossName,
    mined: Mapping[str, Sequence[str]] | None = None,
    seed: int,
) -> dict[str, list[str] | list[float]]:
    """The columns of each loss: `anchor` and `positive`; `triplet` has `negative` too, `contrastive` has labels.

    Negatives are `mined` (the pair's id -> texts) where given, else those of the domain, else the positive of a random
    other pair of another cluster. With `mined`, `mnrl` and `gist` read a column `negative` as well.

    Raises:
        RunFailed: a pair has no text that could be its negative.
    """
    rng = random.Random(f"negatives/{seed}")
    anchors, positives = [pair.anchor for pair in pairs], [pair.positive for pair in pairs]
    if loss in ("mnrl", "gist") and mined is None:
        return {"anchor": anchors, "positive": positives}
    negatives = [_negative(pair, pairs, mined=mined, rng=rng) for pair in pairs]
    if loss == "contrastive":
        return {
            "first": [*anchors, *anchors],
            "second": [*positives, *negatives],
            "label": [1.0] * len(pairs) + [0.0] * len(pairs),
        }
    return {"anchor": anchors, "positive": positives, "negative": negatives}


def require_comparable(pairs: Sequence[Pair]) -> None:
    """Refuse pairs from which nothing can be learnt, before a model is loaded.

    Raises:
        RunFailed: an anchor equals its positive, or fewer than two different positives: there is only one text to find.
    """
    for pair in pairs:
        if pair.anchor.strip() == pair.positive.strip():
            raise RunFailed(f"refused: anchor and positive of {pair.id} are the same text")
    if len({pair.positive for pair in pairs}) < 2:
        raise RunFailed(
            f"refused: contrastive losses tell texts apart, and there is one text to find in {len(pairs)} pairs"
        )


def _negative(
    pair: Pair, pairs: Sequence[Pair], *, mined: Mapping[str, Sequence[str]] | None, rng: random.Random
) -> str:
    known = mined.get(pair.id, ()) if mined is not None else pair.negatives
    if known:
        return known[0]
    others = [other.positive for other in pairs if other.cluster != pair.cluster and other.positive != pair.positive]
    if not others:
        raise RunFailed(f"refused: there is no text that could be a negative of {pair.id}")
    return rng.choice(others)
