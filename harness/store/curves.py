"""Add one learning curve to the store, or say what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.config.curve_key import CurveKey
from harness.config.project import Project
from harness.errors import DataError
from harness.records.curve_record import CURVE_ITEM_COLUMNS, ITEMS_FILE, POINTS_FILE, CurveRecord
from harness.records.run_record import read_record
from harness.store.incoming import read_incoming, refuse_contradictions
from harness.store.schema import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CONTRADICTIONS = {
    "an item appears twice": """
        SELECT k, draw, item_id FROM incoming WHERE $recipe IS NOT NULL AND $domain IS NOT NULL
        GROUP BY k, draw, item_id HAVING count(*) > 1 LIMIT 1""",
    "a point has a different number of items than points.json says": """
        SELECT k, draw FROM (SELECT k, draw, count(*) AS found FROM incoming GROUP BY k, draw)
        FULL JOIN (FROM curve_points SELECT k, draw, n
                   WHERE recipe = $recipe AND domain = $domain AND status = 'ok') USING (k, draw)
        WHERE found IS DISTINCT FROM n ORDER BY ALL LIMIT 1""",
}
"""Problem -> query that returns a row if there is the problem."""


def add_curve(connection: DuckDBPyConnection, project: Project, key: CurveKey) -> None:
    """Append the points and items of one curve.

    Raises:
        DataError: a file is missing, cannot be read, belongs to another curve, or contradicts the other file.
    """
    hint = f"draw it again: `dvc repro -f -s {key.stage}`, then `dvc repro`"
    points, items = (key.folder(project) / name for name in (POINTS_FILE, ITEMS_FILE))
    for path in (points, items):
        if not path.is_file():
            raise DataError(f'the learning curve "{key.id}" has no {path.name}', where=str(path), hint=hint)
    record = read_record(CurveRecord, points)
    if (record.recipe, record.domain) != (key.recipe_id, key.domain):
        found = f"{record.recipe} on {record.domain}"
        raise DataError(f"the record belongs to {found}", where=str(points), expected=key.id, hint=hint)
    own = {"recipe": key.recipe_id, "family": key.family, "domain": _shown(project, key)}
    shared = record.model_dump(include={"suite", "metric", "protocol_hash"})
    insert(connection, "curve_points", rows=[own | shared | point.model_dump() for point in record.points])
    _add_items(connection, items, family=key.family, own={"recipe": own["recipe"], "domain": own["domain"]}, hint=hint)


def _shown(project: Project, key: CurveKey) -> str:
    """The domain of the board's rows: of a fold, the domain that it belongs to."""
    return project.bases_of_folds.get(key.domain, key.domain)


def _add_items(connection: DuckDBPyConnection, path: Path, *, family: str, own: dict[str, str], hint: str) -> None:
    read_incoming(connection, path, columns=CURVE_ITEM_COLUMNS, hint=hint)
    refuse_contradictions(connection, CONTRADICTIONS, parameters=own, path=path, hint=hint)
    connection.execute(
        "INSERT INTO curve_samples SELECT $recipe, $family, $domain, * FROM incoming", {**own, "family": family}
    )
