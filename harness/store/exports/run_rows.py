"""Every run of the store as one flat row, named by its run id."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harness.store.schema import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ID = "run_id"
METRIC = "metric:"
"""A column `metric:classification:hs_products:accuracy` holds a metric of one suite on one domain."""

Row = dict[str, Any]
"""Column -> text, number, truth value or null."""


def run_rows(connection: DuckDBPyConnection) -> list[Row]:
    """The rows of the table `runs` by run id: lists and maps as JSON text, then every metric, then protocol hashes."""
    cursor = connection.execute("SELECT * FROM runs ORDER BY run_id")
    names = [column[0] for column in cursor.description or []]
    rows = {
        row[names.index(ID)]: {name: _flat(value) for name, value in zip(names, row, strict=True)}
        for row in cursor.fetchall()
    }
    scores = "SELECT run_id, suite, domain, metric, value FROM scores ORDER BY run_id, suite, domain, metric"
    for run_id, suite, domain, metric, value in connection.execute(scores).fetchall():
        rows[run_id][f"{METRIC}{suite}:{domain}:{metric}"] = value
    suites = "SELECT run_id, suite, domain, protocol_hash FROM suites WHERE protocol_hash != '' ORDER BY ALL"
    for run_id, suite, domain, protocol in connection.execute(suites).fetchall():
        rows[run_id][f"protocol:{suite}:{domain}"] = protocol
    return list(rows.values())


def merged(older: list[Row], newer: list[Row]) -> list[Row]:
    """Both by run id; a run that is in both is taken from `newer`. Exporting twice changes nothing."""
    found = {str(row[ID]): row for row in older} | {str(row[ID]): row for row in newer}
    return [found[name] for name in sorted(found)]


def columns_of(rows: list[Row]) -> list[str]:
    """All columns: those of the table `runs` in its order, then metrics and protocols by name."""
    names = {name for row in rows for name in row}
    return [*(name for name in TABLES["runs"] if name in names), *sorted(names - TABLES["runs"].keys())]


def _flat(value: Any) -> Any:
    if isinstance(value, Mapping | list):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return value
