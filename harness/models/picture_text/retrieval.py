"""How well pictures find their captions, and captions their pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

CUTS = (1, 5)
"""Ranks up to which a find counts."""


def retrieval(
    similarities: npt.NDArray[np.floating], captions: Sequence[int], *, cuts: Sequence[int] = CUTS
) -> dict[str, dict[str, float]]:
    """Direction -> recall at each cut, and what a random order would reach.

    `similarities`: shape (pictures, different captions); `captions`: which caption belongs to each picture. A caption
    is found if any of its pictures is; captions without a picture are not asked for. Of equally similar ones the first
    counts.
    """
    import numpy as np

    right = np.eye(similarities.shape[1], dtype=bool)[np.asarray(captions)]
    asked = right.any(0)
    return {
        "image_to_text": _recalls(similarities, right, cuts),
        "text_to_image": _recalls(similarities.T[asked], right.T[asked], cuts),
    }


def _recalls(scores: npt.NDArray[np.floating], right: npt.NDArray[np.bool_], cuts: Sequence[int]) -> dict[str, float]:
    """`scores` and `right`: shape (queries, candidates)."""
    import numpy as np

    order = np.argsort(-scores, axis=1, kind="stable")
    hits = np.take_along_axis(right, order, axis=1)
    found: dict[str, float] = {}
    for cut in cuts:
        found[f"recall@{cut}"] = round(float(hits[:, :cut].any(1).mean()), 4)
        chances = [chance(candidates=right.shape[1], right=int(row.sum()), cut=cut) for row in right]
        found[f"chance@{cut}"] = round(float(np.mean(chances)), 4)
    return found


def chance(*, candidates: int, right: int, cut: int) -> float:
    """The chance that the first `cut` of `candidates` in random order hold at least one of the `right` ones."""
    cut = min(cut, candidates)
    return 1 - math.comb(candidates - right, cut) / math.comb(candidates, cut)
