"""Runs as a CSV or Parquet file. A file that is there keeps its other runs, so exports of several machines add up."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.runtime.atomic_output import atomic_file
from harness.store.exports.run_rows import ID, METRIC, Row, columns_of, merged
from harness.store.schema import TABLES

FORMATS = ("csv", "parquet")


def export_to_file(rows: list[Row], path: Path, *, form: str) -> int:
    """Write the rows into the file, in place of older rows of the same runs; how many rows it then has.

    Raises:
        DataError: the file is there and holds something else.
    """
    read, write = _FORMS[form]
    older = read(path) if path.is_file() else []
    found = merged(older, rows)
    with atomic_file(path) as working:
        write(found, working)
    return len(found)


def _read_csv(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        _require_ids(reader.fieldnames or [], path)
        return [{name: value for name, value in row.items() if value != ""} for row in reader]


def _write_csv(rows: list[Row], path: Path) -> None:
    columns = columns_of(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_text(row.get(name)) for name in columns] for row in rows)


def _text(value: Any) -> str:
    """What Python would read back as the same value; null is empty."""
    return "" if value is None else str(value)


def _read_parquet(path: Path) -> list[Row]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
    except pa.ArrowInvalid as error:
        raise _other_file(path, str(error).splitlines()[0]) from None
    _require_ids(table.column_names, path)
    rows: list[Row] = [{name: value for name, value in row.items() if value is not None} for row in table.to_pylist()]
    return rows


def _write_parquet(rows: list[Row], path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {"BIGINT": pa.int64(), "INTEGER": pa.int64(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_()}
    columns = {}
    for name in columns_of(rows):
        declared = "DOUBLE" if name.startswith(METRIC) else TABLES["runs"].get(name, "VARCHAR")
        kind = kinds.get(declared, pa.string())
        columns[name] = pa.array([row.get(name) for row in rows], kind)
    parquet.write_table(pa.table(columns), path, compression="zstd", store_schema=False)


def _require_ids(columns: object, path: Path) -> None:
    assert isinstance(columns, list)
    if ID not in columns:
        raise _other_file(path, f"it has no column {ID}")


def _other_file(path: Path, why: str) -> DataError:
    hint = "give another --out, or delete the file"
    return DataError(f"the file is no export of runs: {why}", where=str(path), hint=hint)


_FORMS: dict[str, tuple[Callable[[Path], list[Row]], Callable[[list[Row], Path], None]]] = {
    "csv": (_read_csv, _write_csv),
    "parquet": (_read_parquet, _write_parquet),
}
"""Format -> how to read and how to write it."""
