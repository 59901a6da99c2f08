"""Check a Parquet file of a record before its rows are added to a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def read_incoming(connection: DuckDBPyConnection, path: Path, *, columns: Mapping[str, str], hint: str) -> None:
    """Load the file into the temporary table `incoming`, with its columns cast to these types.

    Raises:
        DataError: the file cannot be read, or has other columns.
    """
    import duckdb

    file = [str(path)]
    casts = ", ".join(f'CAST("{name}" AS {type_}) AS "{name}"' for name, type_ in columns.items())
    try:
        found = {row[0] for row in connection.execute("DESCRIBE FROM read_parquet(?)", file).fetchall()}
        if found != columns.keys():
            wrong = ", ".join(sorted(found ^ columns.keys()))
            raise DataError(f"columns missing or unknown: {wrong}", where=str(path), hint=hint)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE incoming AS SELECT {casts} FROM read_parquet(?)", file)
    except duckdb.Error as error:
        if "No space left on device" in str(error):  # not the file's fault: the command line says what to do
            raise
        raise DataError(f"cannot be read: {str(error).splitlines()[0]}", where=str(path), hint=hint) from None


def refuse_contradictions(
    connection: DuckDBPyConnection,
    queries: Mapping[str, str],
    *,
    parameters: Mapping[str, str],
    path: Path,
    hint: str,
) -> None:
    """Run checks on `incoming`: problem -> query that returns a row if there is the problem.

    Raises:
        DataError: a query returned a row.
    """
    for problem, query in queries.items():
        row = connection.execute(query, dict(parameters)).fetchone()
        if row:
            raise DataError(f"{problem}: {', '.join(map(str, row))}", where=str(path), hint=hint)
