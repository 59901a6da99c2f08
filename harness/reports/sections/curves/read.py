"""Learning curves from the store: the mean over draws at each number of training items, with its interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import DataError
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import score_interval
from harness.reports.board.measured.groups import records_of
from harness.reports.board.measured.item_scores import item_scores, read_items
from harness.reports.board.settings import Settings
from harness.reports.contract.rounding import rounded_bounds
from harness.reports.contract.sections.curves import Curve, CurveCell, CurveSet, ReferenceCell
from harness.reports.sections.figures import FIGURES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def read_curves(
    connection: DuckDBPyConnection, settings: Settings, *, titles: Mapping[str, str]
) -> dict[str, CurveSet]:
    """Domain -> its curves, for every domain that has curves in the store.

    Raises:
        DataError: the draws of a point have not answered the same items.
    """
    rows = records_of(connection, "SELECT * FROM curve_points ORDER BY domain, recipe, k, draw")
    found = {}
    for domain, group in groupby(rows, key=lambda row: row["domain"]):
        found[domain] = _of_domain(connection, list(group), settings, titles=titles)
    return found


def _of_domain(
    connection: DuckDBPyConnection, rows: list[dict[str, Any]], settings: Settings, *, titles: Mapping[str, str]
) -> CurveSet:
    hashes = Counter(row["protocol_hash"] for row in rows if row["status"] == "ok")
    protocol = min(hashes, key=lambda found: (-hashes[found], found), default=None)
    shown = next((row for row in rows if row["protocol_hash"] == protocol and protocol), None)
    curves = [
        _curve(connection, list(group), settings, title=titles.get(recipe_id, recipe_id), protocol=protocol)
        for recipe_id, group in groupby(rows, key=lambda row: row["recipe"])
    ]
    return CurveSet(
        suite=shown["suite"] if shown else None,
        metric=shown["metric"] if shown else None,
        protocol_hash=protocol,
        reference=_reference(connection, shown, settings) if shown else None,
        figure=f"{FIGURES}/learning_curve-{rows[0]['domain']}.png" if shown else None,
        curves=sorted(curves, key=lambda curve: (not curve.comparable, -_last(curve), curve.recipe)),
    )


def _curve(
    connection: DuckDBPyConnection,
    rows: list[dict[str, Any]],
    settings: Settings,
    *,
    title: str,
    protocol: str | None,
) -> Curve:
    own = next((row["protocol_hash"] for row in rows if row["status"] == "ok"), None)
    return Curve(
        recipe=rows[0]["recipe"],
        title=title,
        protocol_hash=own,
        comparable=own in (None, protocol),
        points=[_cell(connection, list(group), settings) for _, group in groupby(rows, key=lambda row: row["k"])],
    )


def _cell(connection: DuckDBPyConnection, rows: list[dict[str, Any]], settings: Settings) -> CurveCell:
    scored = [row for row in rows if row["status"] == "ok"]
    facts: dict[str, Any] = {"value": None, "low": None, "high": None, "n": None}
    if scored:
        items = point_scores(connection, scored)
        facts = rounded_bounds(score_interval(items, resampling=settings.resampling)) | {"n": items.n}
    return CurveCell(
        k=rows[0]["k"],
        **facts,
        draws=len(scored),
        failed=list(dict.fromkeys(row["reason"] for row in rows if row["status"] != "ok")),
        seconds=round(sum(row["seconds"] for row in rows), 3),
    )


_QUERY = """
    SELECT item_id, min(cluster), min(gold), list(correct ORDER BY draw), count(*) = len($draws)
    FROM curve_samples
    WHERE recipe = $recipe AND domain = $domain AND k = $k AND list_contains($draws, draw)
    GROUP BY item_id ORDER BY item_id"""


def point_scores(connection: DuckDBPyConnection, rows: Sequence[Mapping[str, Any]]) -> ItemScores:
    """The item scores of several draws of one point; draws take the place of seeds.

    Raises:
        DataError: the draws have not answered the same items.
    """
    own = {name: rows[0][name] for name in ("recipe", "domain", "k")}
    found = connection.execute(_QUERY, {**own, "draws": [row["draw"] for row in rows]}).fetchall()
    where = f"learning curve of {own['recipe']} on {own['domain']}, k {own['k']}"
    for item, *_, complete in found:
        if not complete:
            raise DataError(f'item "{item}" is missing in one of the draws', where=where)
    if not found:
        raise DataError("no item was sampled", where=where)
    items, clusters, gold, correct, _ = zip(*found, strict=True)
    scores = np.array(correct, dtype=float).T
    return item_scores(rows[0]["metric"], items=items, clusters=clusters, gold=gold, correct=scores)


def _reference(connection: DuckDBPyConnection, shown: Mapping[str, Any], settings: Settings) -> ReferenceCell | None:
    """The board's reference on the items of the curves; null where it did not answer all of them."""
    query = """
        SELECT run_id FROM runs JOIN suites USING (run_id)
        WHERE recipe = ? AND status = 'ok' AND suite = ? AND domain = ? AND primary_metric = ?
        ORDER BY run_id"""
    asked = [settings.reference, shown["suite"], shown["domain"], shown["metric"]]
    runs = [row[0] for row in connection.execute(query, asked).fetchall()]
    if not runs:
        return None
    suite, domain = shown["suite"], shown["domain"]
    scores = read_items(connection, runs=runs, suite=suite, domain=domain, metric=shown["metric"])
    query = "SELECT DISTINCT item_id FROM curve_samples WHERE recipe = ? AND domain = ? ORDER BY item_id"
    wanted = [row[0] for row in connection.execute(query, [shown["recipe"], domain]).fetchall()]
    if scores is None or not set(wanted) <= set(scores.items):
        return None
    estimate = score_interval(scores.restricted_to(wanted), resampling=settings.resampling)
    return ReferenceCell(recipe=settings.reference or "", **rounded_bounds(estimate), n=estimate.n)


def _last(curve: Curve) -> float:
    values = [point.value for point in curve.points if point.value is not None]
    return values[-1] if values else -1.0
