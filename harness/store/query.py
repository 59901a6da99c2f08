"""`harness query "SELECT ..."`: query the store in SQL. This never changes or locks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import DataError
from harness.store.parquet_views import RELATIONS, open_store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLE_ROWS = 100
"""Longer tables are cut and end with a note; --csv and --json print all rows."""


@dataclass(frozen=True)
class FurtherTable:
    """A table that a query may use beside those of the store; it lives in memory only."""

    name: str
    columns: Mapping[str, str]
    """Column -> DuckDB type."""
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Answer:
    """Column names and rows, as DuckDB's Python types."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def ask(root: Path, sql: str, *, further: Sequence[FurtherTable] = ()) -> Answer:
    """Run one reading statement on the Parquet files of the project at `root` and on the `further` tables.

    Raises:
        DataError: no store yet, more than one statement, a statement that writes, or an SQL error.
    """
    import duckdb

    known = [*(table.name for table in further), *RELATIONS]
    tables = f'tables: {", ".join(known)}; `harness query "DESCRIBE runs"` lists columns'
    connection = open_store(root)
    try:
        _refuse_writing(sql)
        for table in further:
            _add(connection, table)
        cursor = connection.execute(sql)
        columns = [column[0] for column in cursor.description or []]
        return Answer(columns=columns, rows=cursor.fetchall())
    except duckdb.Error as error:
        raise DataError(str(error).strip(), hint=tables) from None
    finally:
        connection.close()


def _add(connection: DuckDBPyConnection, table: FurtherTable) -> None:
    columns = ", ".join(f'"{column}" {type_}' for column, type_ in table.columns.items())
    connection.execute(f"CREATE TABLE {table.name} ({columns})")
    if table.rows:
        places = ", ".join("?" for _ in table.columns)
        connection.executemany(f"INSERT INTO {table.name} VALUES ({places})", [list(row) for row in table.rows])


def _refuse_writing(sql: str) -> None:
    import duckdb

    kinds = duckdb.StatementType
    statements = duckdb.extract_statements(sql)
    # DuckDB splits PIVOT into several statements; nothing else with several may run, though no file is in reach
    reading = {kinds.SELECT, kinds.MULTI} if "PIVOT" in sql.upper() else {kinds.SELECT}
    if len(statements) != 1 or statements[0].type not in reading:
        found = " and ".join(str(s.type).removeprefix("StatementType.") for s in statements) or "nothing"
        raise DataError(
            f"the store is read only, one statement at a time (got {found})",
            expected="one SELECT, FROM, DESCRIBE, SHOW, SUMMARIZE or PIVOT",
            hint="to change runs, edit params.yaml or recipes/, then run `dvc repro`",
        )
