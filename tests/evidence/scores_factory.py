"""Invented scores of items in clusters."""

from __future__ import annotations

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
