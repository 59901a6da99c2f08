"""Invented learning curves, without a model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from harness.config.curve_key import CurveKey, active_curves
from harness.config.params import Curves
from harness.config.project import Project
from harness.curves.curve import CurvePlan, write_curve
from harness.curves.point import ItemResult, Point
from harness.records.curve_record import CurvePoint
from harness.runtime.atomic_output import atomic_folder
from harness.store.ingest import ingest
from tests.curves.curve_tree import with_lowresource
from tests.store.records_factory import ACCURACY, write_all_runs
from tests.tree import copy_tree

SETTINGS = Curves(k=[4, 8], subsets=3, items=60)
RISE = {"tfidf": {4: 0.3, 8: 0.4}, "setfit": {4: 0.35, 8: 0.7}, "fewshot_lora": {4: 0.3, 8: 0.6}}
"""Recipe -> k -> share of right answers."""

SETFIT = CurveKey("lowresource", "setfit", "hs_products")


def curve_project(root: Path, *, failed: Mapping[str, str] | None = None, older: str | None = None) -> Project:
    """A recorded and ingested tree with two curves; `failed` names draws (`setfit 8-1`) and why, `older` a recipe that
    was scored by another protocol."""
    project = with_lowresource(copy_tree(root), "tfidf", "setfit")
    write_all_runs(project, accuracy={**ACCURACY, "lowresource/tfidf": 0.4, "lowresource/setfit": 0.6})
    for key in active_curves(project):
        protocol = "older" if key.recipe == older else "p1"
        write_curve_of(project, key, failed=failed or {}, protocol=protocol)
    ingest(project)
    return project


def write_curve_of(project: Project, key: CurveKey, *, failed: Mapping[str, str], protocol: str = "p1") -> None:
    """points.json and points.parquet of one curve."""
    points = [
        _point(key, k, draw, reason=failed.get(f"{key.recipe} {k}-{draw}"), protocol=protocol)
        for k in SETTINGS.k
        for draw in range(SETTINGS.subsets)
    ]
    with atomic_folder(key.folder(project)) as folder:
        write_curve(folder, CurvePlan(key, SETTINGS, ()), points)


def _point(key: CurveKey, k: int, draw: int, *, reason: str | None, protocol: str) -> Point:
    if reason:
        return Point(config_hash="c", point=CurvePoint(k=k, draw=draw, status="failed", reason=reason, seconds=1.0))
    hard = np.random.default_rng(0).random(SETTINGS.items)
    luck = np.random.default_rng([*key.recipe.encode(), k, draw]).random(SETTINGS.items)
    right = (0.8 * hard + 0.2 * luck < RISE[key.recipe][k] + 0.05 * (draw - 1)).astype(float)
    items = [
        ItemResult(item_id=f"q{i:03d}", cluster=f"c{i // 3}", gold=f"label {i % 5}", correct=correct)
        for i, correct in enumerate(right.tolist())
    ]
    value = float(right.mean())
    point = CurvePoint(k=k, draw=draw, status="ok", value=value, n=SETTINGS.items, seconds=2.0)
    return Point(
        config_hash="c",
        point=point,
        suite="classification",
        metric="accuracy",
        protocol_hash=protocol,
        items=items,
    )
