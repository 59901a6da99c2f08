"""Compare the suites of two records of one run: items, values, and whether a difference is more than chance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.evidence.holm import holm
from harness.evidence.resampling import Estimate, Resampling, difference_interval
from harness.records.run_record import ScoreRecord, SuiteScore
from harness.reports.board.measured.item_scores import read_items
from harness.verify.agreement import Agreed, SuiteAgreement
from harness.verify.items import ItemCounts, count_items

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Judged = tuple[SuiteAgreement, Estimate | None]


def compare_suites(
    samples: tuple[Path, Path], scores: tuple[ScoreRecord, ScoreRecord], *, resampling: Resampling
) -> list[SuiteAgreement]:
    """Every suite that has questions in the published record, in its order; each pair: published, here."""
    import duckdb

    counts = count_items(*samples)
    here = {(suite.suite, suite.domain): suite for suite in scores[1].suites}
    with duckdb.connect() as first, duckdb.connect() as second:
        for connection, path in zip((first, second), samples, strict=True):
            file = str(path).replace("'", "''")
            connection.execute(f"CREATE VIEW samples AS FROM read_parquet('{file}')")
        judged = [
            _judged(
                suite,
                here.get((suite.suite, suite.domain)),
                counts.get((suite.suite, suite.domain)),
                connections=(first, second),
                run_id=scores[0].run_id,
                resampling=resampling,
            )
            for suite in scores[0].suites
            if suite.protocol_hash
        ]
    adjusted = holm([estimate.p_value if estimate else None for _, estimate in judged])
    return [
        _corrected(suite, estimate, p, alpha=1 - resampling.confidence)
        for (suite, estimate), p in zip(judged, adjusted, strict=True)
    ]


def _judged(
    published: SuiteScore,
    here: SuiteScore | None,
    counts: ItemCounts | None,
    *,
    connections: tuple[DuckDBPyConnection, DuckDBPyConnection],
    run_id: str,
    resampling: Resampling,
) -> Judged:
    """The comparison of one suite before the correction for the number of suites."""
    suite = SuiteAgreement(
        suite=published.suite,
        domain=published.domain,
        column=published.column,
        metric=published.primary,
        published=_value(published),
        here=_value(here),
        agreed="not compared",
    )
    reason = _why_not(published, here, counts)
    if reason or counts is None:
        return suite.model_copy(update={"reason": reason}), None
    agreed: Agreed = "inside" if counts.differing else "same answers" if counts.largest_change else "equal"
    suite = suite.model_copy(
        update={
            "items": counts.items,
            "unpaired": counts.unpaired,
            "differing": counts.differing,
            "largest_change": counts.largest_change,
            "agreed": agreed,
        }
    )
    first, second = (
        read_items(connection, runs=[run_id], suite=suite.suite, domain=suite.domain, metric=suite.metric)
        for connection in connections
    )
    if first is None or second is None or not counts.differing:
        return suite, None
    return suite, difference_interval(second, first, resampling=resampling)


def _why_not(published: SuiteScore, here: SuiteScore | None, counts: ItemCounts | None) -> str | None:
    if here is None:
        return "it is not asked here"
    if here.protocol_hash != published.protocol_hash:
        return "it is asked by another protocol here (data, questions or version)"
    if published.reason and _value(published) is None:
        return published.reason
    if here.reason and _value(here) is None:
        return f"here: {here.reason}"
    if counts is None or not counts.items:
        return "the records have no item in common"
    return "the same items have other gold answers here" if counts.other_items else None


def _corrected(suite: SuiteAgreement, estimate: Estimate | None, p: float | None, *, alpha: float) -> SuiteAgreement:
    if estimate is None:
        return suite
    outside = estimate.low is not None and estimate.high is not None and not estimate.low <= 0 <= estimate.high
    found = {"difference": estimate.value, "low": estimate.low, "high": estimate.high, "p_adjusted": p}
    if outside and p is not None and p < alpha:
        found |= {"agreed": "differs"}  # type: ignore[dict-item]
    return suite.model_copy(update=found)


def _value(suite: SuiteScore | None) -> float | None:
    metric = suite.metrics.get(suite.primary) if suite else None
    return metric.value if metric else None
