"""Read Parquet files: each row is a record."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from harness.errors import DataError
from harness.user_files.containers.byte_stream import ByteStream
from harness.user_files.containers.class_names import NAMED, class_names, named_class
from harness.user_files.decision_log import DecisionLog
from harness.user_files.record import MAX_BYTES, Record

_ROWS = 1000


def parquet_rows(stream: ByteStream, decisions: DecisionLog) -> Iterator[Record]:
    """The rows of a Parquet file. NaN becomes None; lists and structs become lists and dicts.

    Where the schema of Hugging Face `datasets` names the classes of a column, its numbers become these names.

    Raises:
        DataError: the file is damaged or too large, two columns have the same name, or a date is after the year 9999.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(stream.read()))
        _check_names(file.schema_arrow.names, where=stream.path)
        names = class_names(file.schema_arrow.metadata or {}, where=stream.path)
        index = size = 0
        for batch in file.iter_batches(batch_size=_ROWS):
            size += batch.nbytes
            if size > MAX_BYTES:
                what = f"the file unpacks to more than {MAX_BYTES:,} bytes"
                raise DataError(what, where=stream.path, hint="use a sample of the records")
            for row in batch.to_pylist():
                value = {name: _without_nan(cell) for name, cell in row.items()}
                named = {column: named_class(value.get(column), known) for column, known in names.items()}
                yield Record(stream.path, None, index, value | named)
                index += 1
        for column in names:
            decisions.count_named(NAMED, column, index)
    except OverflowError as error:  # Spark and databases write a date after the year 9999 for "never"
        hint = "cast the columns of dates to text, or remove them"
        raise DataError(f"a value is out of Python's range: {error}", where=stream.path, hint=hint) from None
    except (pa.ArrowException, OSError, ValueError) as error:
        message = " ".join(str(error).split())
        what = f"the file cannot be read as Parquet: {message}"
        raise DataError(what, where=stream.path, hint="export the file again") from None


def _check_names(names: list[str], *, where: str) -> None:
    for name in names:
        if names.count(name) > 1:
            what = f'{names.count(name)} columns have the name "{name}"'
            raise DataError(what, where=where, hint="rename all but one of them")


def _without_nan(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
