"""Mine hard negatives: texts that the base encoder finds near an anchor although they do not belong to it.

Import this module only to train: it loads sentence-transformers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from datasets import Dataset
from sentence_transformers.util import mine_hard_negatives

from harness.items.rows import Pair

RELATIVE_MARGIN = 0.05
"""A negative must be at least this much less similar to the anchor than the positive is, as a share of the positive's
similarity; nearer texts are often right answers (NV-Retriever, Moreira et al. 2024, arXiv 2407.15831)."""
SEARCHED = 50
"""Nearest texts of an anchor that are looked at."""


def mined_negatives(pairs: Sequence[Pair], encoder: Any) -> dict[str, list[str]]:
    """Id of a pair -> its hardest negative among the positives of other pairs; empty where the margin leaves none.

    `encoder`: the SentenceTransformer before its training. Only texts of `pairs` are searched, so that no held-out text
    becomes a negative. A text that some pair gives as the anchor's positive is never its negative.
    """
    right: dict[str, set[str]] = {}
    for pair in pairs:
        right.setdefault(pair.anchor, set()).add(pair.positive)
    found = mine_hard_negatives(
        Dataset.from_dict({"anchor": [p.anchor for p in pairs], "positive": [p.positive for p in pairs]}),
        encoder,
        range_max=SEARCHED,
        relative_margin=RELATIVE_MARGIN,
        num_negatives=1,
        sampling_strategy="top",
        output_format="triplet",
        use_faiss=False,
        verbose=False,
    )
    of_pair = {
        (row["anchor"], row["positive"]): row["negative"]
        for row in found
        if row["negative"] not in right[row["anchor"]]
    }
    return {
        pair.id: [of_pair[pair.anchor, pair.positive]] if (pair.anchor, pair.positive) in of_pair else []
        for pair in pairs
    }
