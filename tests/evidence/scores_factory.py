"""Invented scores of items in clusters."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from harness.evidence.item_scores import Floats, ItemScores


def table(correct: Floats, *, per_cluster: int = 1, groups: int = 1) -> ItemScores:
    """Scores (seeds, items) with clusters of neighbours."""
    n = correct.shape[1]
    return ItemScores(
        items=tuple(f"i{i}" for i in range(n)),
        clusters=tuple(f"c{i // per_cluster}" for i in range(n)),
        groups=tuple(f"g{i % groups}" for i in range(n)),
        correct=correct,
    )


def coin(shape: tuple[int, int], share: float, seed: int = 0) -> Floats:
    """1.0 with this probability."""
    return (np.random.default_rng(seed).random(shape) < share).astype(float)


class Board:
    """Recipes that answer the same items of 80 clusters of 3: some clusters and items are hard for all.

    A recipe has its own luck with each cluster (0.05) and each seed (`spread`).
    """

    def __init__(self, random: np.random.Generator, *, seeds: int = 1, spread: float = 0.0) -> None:
        self.random, self.seeds, self.spread = random, seeds, spread
        self.hard = np.repeat(random.normal(0, 0.1, 80), 3) + random.normal(0, 0.15, 240)

    def recipe(self, share: float, *, seeds: int | None = None) -> ItemScores:
        """One whose seeds are right with this probability on average; one seed is taken to have no luck of its own."""
        count = seeds or self.seeds
        own = np.repeat(self.random.normal(0, 0.05, 80), 3)
        luck = self.random.normal(0, self.spread, (count, 1)) if count > 1 else 0.0
        chance = share + self.hard + own + luck
        return table((self.random.random((count, 240)) < chance).astype(float), per_cluster=3)


SIZES = (1,) * 90 + (2,) * 15 + (5,) * 8 + (6,) * 2 + (7,) * 4
"""200 items in 119 clusters, as unequal as those of the board of `hs_products`."""
ONE_EACH = (1,) * 300
"""300 items, one per cluster."""


def probit_board(
    random: np.random.Generator,
    shares: Sequence[float],
    *,
    sizes: Sequence[int] = SIZES,
    seeds: int = 1,
    spread: float = 0.0,
) -> list[ItemScores]:
    """One recipe for each true share of right answers, on the same items.

    Recipes vary together: they share the difficulty of clusters and of items. Each also has its own luck with
    clusters, items and, for several seeds, seeds (`spread`). The parts are chosen so that the standard errors of scores
    (3.7 to 4.7 points with `SIZES`) and of differences (3.4 to 4.6) are close to those of the board of `hs_products`.
    """
    common, item, own, rest = 0.35, 0.2, 0.15, 0.3
    total = common + item + own + rest + (spread**2 if seeds > 1 else 0.0)
    cluster_of = np.repeat(np.arange(len(sizes)), sizes)
    n, clusters = len(cluster_of), len(sizes)
    hard = np.sqrt(common) * random.standard_normal(clusters)[cluster_of] + np.sqrt(item) * random.standard_normal(n)
    found = []
    for share in shares:
        level = NormalDist(0, float(np.sqrt(total))).inv_cdf(share)
        luck = spread * random.standard_normal((seeds, 1)) if seeds > 1 else 0.0
        latent = level + hard + np.sqrt(own) * random.standard_normal(clusters)[cluster_of] + luck
        correct = latent + np.sqrt(rest) * random.standard_normal((seeds, n)) > 0
        found.append(
            ItemScores(
                items=tuple(map(str, range(n))),
                clusters=tuple(map(str, cluster_of)),
                groups=("",) * n,
                correct=correct.astype(float),
            )
        )
    return found
