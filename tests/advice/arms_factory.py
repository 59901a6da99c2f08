"""Invented arms: recipes that answer the same items, each right as often as wanted."""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.advice.evidence.arm import Arm, Effect
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Resampling

RESAMPLING = Resampling(resamples=400)
REFERENCE = "baseline/zero_shot"


def scores(share: float, recipe: str = "", *, n: int = 300) -> ItemScores:
    """One seed on n items of as many clusters. Hard items are hard for every recipe."""
    hard = np.random.default_rng(0).random(n)
    own = np.random.default_rng([1, *recipe.encode()]).random(n)
    correct = (0.7 * hard + 0.3 * own < share).astype(float)[None, :]
    names = tuple(f"i{i}" for i in range(n))
    return ItemScores(names, names, ("",) * n, correct)


def arm(recipe: str, share: float, *, n: int = 300, cost: float | None = 1.0, **changes: Any) -> Arm:
    """An arm with items."""
    items = scores(share, recipe, n=n)
    facts: dict[str, Any] = {
        "domain": "goods",
        "title": recipe.split("/")[1],
        "score": items.value,
        "low": items.value - 0.05,
        "high": items.value + 0.05,
        "metric": "accuracy",
        "reference": recipe == REFERENCE,
        "trained": not recipe.startswith("baseline/"),
        "items": items,
        "usd": cost,
        "seconds": None if cost is None else 100 * cost,
        "scoring_share": 0.5,
        "memory_mb": 1000.0,
        "latency_ms": 20.0,
        "retention": 0.95,
        "over_refusal": 0.0,
    }
    return Arm(recipe_id=recipe, **(facts | changes))


def gained(domain: str, recipe: str, gain: float, *, cost: float = 1.0) -> Arm:
    """An arm without items: its score is 0.2 and what it gained over the reference."""
    effect = None if recipe == REFERENCE else Effect(gain, 0.01)
    score = 0.2 + gain
    return arm(recipe, 0.5, cost=cost, domain=domain, score=score, items=None, effect=effect, low=score, high=score)
