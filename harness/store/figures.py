"""Refuse figures that the samples contradict: a mean in scores.json is computed again from samples.parquet.

Checked is the metric that a suite ranks by, where it is a mean over items or over gold answers (`averaged_over`).
Other metrics need more than the samples hold. The figures of official tasks come from lm-eval and MTEB.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import DataError
from harness.scoring.metric_registry import metric_specs
from harness.store.samples import again

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

OFFICIAL = ("lm_eval", "mteb")

SAME = 1e-6
"""A figure this close to the mean of the samples is that mean: only the order of the sum may differ."""

_FIGURES = """
    SELECT suite, domain, metric, value, n FROM scores JOIN suites USING (run_id, suite, domain)
    WHERE run_id = $run AND metric = primary_metric AND value IS NOT NULL AND NOT list_contains($official, kind)"""

_BY_GOLD = """
    SELECT avg(of_gold), sum(items) FROM (
        SELECT avg(correct) AS of_gold, count(*) AS items FROM samples
        WHERE run_id = ? AND suite = ? AND domain = ? GROUP BY gold)"""
MEANS = {
    "items": "SELECT avg(correct), count(*) FROM samples WHERE run_id = ? AND suite = ? AND domain = ?",
    "gold_answers": _BY_GOLD,
    "pairs": _BY_GOLD,
}
"""How a metric follows from the samples -> the query that computes it."""


def refuse_contradicted_figures(connection: DuckDBPyConnection, *, run_id: str, where: Path) -> None:
    """Compare the figures of one run with its samples; both must be in the store.

    Raises:
        DataError: a figure, or the number of items behind it, is not what the samples say.
    """
    found = connection.execute(_FIGURES, {"run": run_id, "official": list(OFFICIAL)}).fetchall()
    for suite, domain, metric, value, n in found:
        spec = metric_specs().get(metric)
        if spec is None or spec.averaged_over is None:
            continue
        row = connection.execute(MEANS[spec.averaged_over], [run_id, suite, domain]).fetchone()
        mean, count = row or (None, 0)
        if mean is None or abs(mean - value) > SAME or count != n:
            said = "none" if mean is None else f"{mean:.6g} of {count} items"
            raise DataError(
                f"{suite} on {domain}: {metric} is {value:.6g} of {n} items, but the samples say {said}",
                where=str(where),
                expected="the figures of the samples beside it: a record is never edited by hand",
                hint=f"restore it with git, or {again(run_id)}",
            )
