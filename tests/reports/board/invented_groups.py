"""Invented rows of a board, before any statistics: groups with their item scores, without a store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.config.project import Project
from harness.evidence.item_scores import Floats, ItemScores
from harness.evidence.resampling import Resampling
from harness.reports.board.measured.groups import Group, Record
from harness.reports.board.measured.scored_groups import ScoredGroup
from harness.reports.board.settings import Settings
from harness.store.schema import TABLES
from tests.tree import ROOT

ITEMS = 200
SETTINGS = Settings(
    resampling=Resampling(resamples=500),
    margin=0.03,
    suites={name: Project(ROOT).suite(name) for name in ("classification", "other_domains")},
    reference="baseline/zero_shot",
)


def group(
    recipe_id: str,
    right: int,
    *,
    domains: tuple[str, ...] = ("shop",),
    base: str | None = "a model",
    trained: int = 0,
    seeds: tuple[int, ...] = (0,),
    protocol: str = "p",
    examples: int = 512,
    by_task: Mapping[str, int] | None = None,
    own_budget: bool = False,
    items: int = ITEMS,
    per_item: bool = True,
    suite: str = "classification",
) -> ScoredGroup:
    """On the domain `shop`, the first `right` of `items` items are answered right, by every seed."""
    recipe = recipe_id.partition("/")[2]
    runs: list[Record] = [
        dict.fromkeys(TABLES["runs"])
        | {
            "run_id": f"{recipe_id}-{'+'.join(domains)}-{seed}",
            "title": recipe.upper(),
            "domains": list(domains),
            "base_model": base,
            "seed": seed,
            "trainable_parameters": trained,
            "notes": {"examples_by_task": dict(by_task)} if by_task else {},
            "budget": {"train_examples": float(examples)},
            "budget_overridden": own_budget,
        }
        for seed in seeds
    ]
    column = SETTINGS.suites[suite].column
    records = [_record(run["run_id"], right / items, suite, protocol=protocol, n=items) for run in runs]
    found = Group("shop", recipe_id, domains, signature=((suite, protocol),), runs=runs)
    found.suites, found.asked = {column: records}, {suite: records}
    correct: Floats = np.tile((np.arange(items) < right).astype(float), (len(seeds), 1))
    names = tuple(map(str, range(items)))
    scores = ItemScores(items=names, clusters=names, groups=("",) * items, correct=correct)
    return ScoredGroup(found, {suite: scores if per_item else None}, frozenset(), frozenset())


def _record(run_id: str, value: float, suite: str, *, protocol: str, n: int) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "suite": suite,
        "domain": "shop",
        "kind": "classification",
        "board_column": SETTINGS.suites[suite].column,
        "primary_metric": "accuracy",
        "protocol": "default",
        "protocol_hash": protocol,
        "reason": None,
        "metrics": {"accuracy": (value, n)},
    }
