"""Open the store for reading: views of the Parquet files in an in-memory DuckDB. Nothing is ever locked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import DataError
from harness.store.schema import STORE_VERSION, TABLES, VIEWS, create_views

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RELATIONS = [*TABLES, *VIEWS]
"""Every name that a query may use."""


def open_store(root: Path, *, reports: Path | None = None) -> DuckDBPyConnection:
    """A connection with all tables and views of `reports/parquet/`, without access to other files and the network.

    `reports`: another folder than the project's.

    Raises:
        DataError: there is no store yet, or another version of the harness made it.
    """
    import duckdb

    folder = (reports or root / "reports") / "parquet"
    missing = [table for table in TABLES if not (folder / f"{table}.parquet").is_file()]
    if missing:
        raise DataError("there is no store yet", where=str(folder), hint="run `dvc repro` (its last stages build it)")
    connection = duckdb.connect()
    for table in TABLES:
        file = str(folder / f"{table}.parquet").replace("'", "''")
        connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{file}')")
    version = connection.execute("SELECT version FROM schema_version").fetchall()
    if version != [(STORE_VERSION,)]:
        raise DataError(
            f"the store has schema version {version[0][0] if version else 'none'}",
            where=str(folder),
            expected=f"version {STORE_VERSION}",
            hint="run `dvc repro` (or `harness ingest`) to rebuild it",
        )
    create_views(connection)
    allowed = str(folder).replace("'", "''")
    connection.execute(f"SET allowed_directories = ['{allowed}']")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
