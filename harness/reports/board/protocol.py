"""The conditions of a board: from the records where they hold them, else from the YAML files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.config.project import Project
from harness.reports.contract.leaderboard import DetectorInfo, MetricInfo, PriceInfo, Protocol, SuiteInfo
from harness.scoring.metric_registry import metric_specs
from harness.scoring.metric_spec import MetricSpec

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def read_protocol(connection: DuckDBPyConnection, project: Project, *, sources: list[dict[str, Any]]) -> Protocol:
    """Profile, models, budget, commits, devices and hashes come from the runs; the rest comes from the YAML files.

    Raises:
        ConfigError: a YAML file is wrong.
    """
    params = project.params
    scoring, prices = params.scoring, params.prices
    return Protocol(
        profiles=_distinct(connection, "profile"),
        base_models=_distinct(connection, "base_model"),
        budget=_budget(connection) or params.budget.model_dump(),
        suites=_suites(connection, project),
        metrics=_metrics(connection, project),
        confidence=scoring.confidence,
        resamples=scoring.resamples,
        equivalence_margin=scoring.equivalence_margin,
        prices=PriceInfo(as_of=prices.as_of.isoformat(), currency=prices.currency, source=prices.source),
        commits=_distinct(connection, '"commit"'),
        refusal_detector=_detector(project),
        dirty=bool(connection.execute("SELECT coalesce(bool_or(dirty), false) FROM runs").fetchall()[0][0]),
        devices=_machines(connection),
        sources=sources,
    )


def _distinct(connection: DuckDBPyConnection, column: str) -> list[str]:
    rows = connection.execute(f"SELECT DISTINCT {column} FROM runs WHERE {column} IS NOT NULL ORDER BY ALL").fetchall()
    return [row[0] for row in rows]


def _machines(connection: DuckDBPyConnection) -> list[str]:
    """Every kind of machine, by name, that a run was trained or scored on."""
    query = (
        "SELECT DISTINCT kind FROM (SELECT unnest([train_measured_on, score_measured_on]) AS kind FROM runs) "
        "WHERE kind IS NOT NULL ORDER BY ALL"
    )
    return [row[0] for row in connection.execute(query).fetchall()]


def _budget(connection: DuckDBPyConnection) -> dict[str, float]:
    """The budget of most runs that do not set their own."""
    query = "SELECT budget FROM runs WHERE NOT budget_overridden GROUP BY budget ORDER BY count(*) DESC, budget LIMIT 1"
    row = connection.execute(query).fetchone()
    return dict(row[0]) if row and row[0] else {}


def _detector(project: Project) -> DetectorInfo | None:
    """Measured now, on the labelled replies in the repository; null without a suite that counts refusals."""
    if not any(project.suite(name).kind == "refusal" for name in project.params.all_suites):
        return None
    from harness.scoring.detectors.detector_check import check_suite

    found = check_suite(project.root / "data/suites", confidence=project.params.scoring.confidence)
    return DetectorInfo(
        precision=found.precision.value,
        precision_low=found.precision.low,
        precision_high=found.precision.high,
        recall=found.recall.value,
        recall_low=found.recall.low,
        recall_high=found.recall.high,
        n=found.accuracy.n,
    )


def _suites(connection: DuckDBPyConnection, project: Project) -> dict[str, SuiteInfo]:
    query = "SELECT DISTINCT suite, domain, protocol_hash FROM suites WHERE protocol_hash != '' ORDER BY ALL"
    rows = connection.execute(query).fetchall()
    hashes: dict[str, dict[str, list[str]]] = {}
    for suite, domain, protocol_hash in rows:
        hashes.setdefault(suite, {}).setdefault(domain, []).append(protocol_hash)
    return {name: _info(connection, project, name, of_domain) for name, of_domain in hashes.items()}


def _metrics(connection: DuckDBPyConnection, project: Project) -> dict[str, MetricInfo]:
    """The declared metrics by which recorded suites rank, and those that active suites show beside them."""
    query = "SELECT DISTINCT primary_metric FROM suites WHERE protocol_hash != '' ORDER BY ALL"
    shown = [row[0] for row in connection.execute(query).fetchall()]
    for name in project.params.all_suites:
        suite = project.suite(name)
        shown += [suite.metric, *suite.also]
    specs = metric_specs()
    return {name: _metric_info(specs[name]) for name in dict.fromkeys(shown) if name in specs}


def _metric_info(spec: MetricSpec) -> MetricInfo:
    return MetricInfo(
        unit=spec.unit,
        better=spec.better,
        signed=spec.signed,
        explanation=spec.explanation,
        caution=spec.caution,
    )


def _info(
    connection: DuckDBPyConnection, project: Project, name: str, protocol_hashes: dict[str, list[str]]
) -> SuiteInfo:
    if name in project.suite_names:
        suite = project.suite(name)
        title, version, metric, column = suite.title, suite.version, suite.metric, suite.column
        return SuiteInfo(title=title, version=version, metric=metric, column=column, protocol_hashes=protocol_hashes)
    query = "SELECT DISTINCT kind, primary_metric FROM suites WHERE suite = ? AND protocol_hash != '' ORDER BY ALL"
    kind, metric = connection.execute(query, [name]).fetchall()[0]
    return SuiteInfo(
        title=name, version=f"as in {kind}", metric=metric, column="official", protocol_hashes=protocol_hashes
    )
