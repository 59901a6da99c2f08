"""Records of Parquet files."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from harness.errors import DataError
from harness.user_files.containers.byte_stream import ByteStream
from harness.user_files.decisions import DecisionLog
from harness.user_files.record import MAX_BYTES, Record

_ROWS = 1000


def parquet_rows(stream: ByteStream, decisions: DecisionLog) -> Iterator[Record]:
    """Rows of a Parquet file; NaN becomes None, nested lists and structs become lists and dicts.

    Raises:
        DataError: the file is damaged, has two columns of one name or a date beyond the year 9999, or unpacks to too
            much.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(stream.read()))
        _check_names(file.schema_arrow.names, decisions)
        index = size = 0
        for batch in file.iter_batches(batch_size=_ROWS):
            size += batch.nbytes
            if size > MAX_BYTES:
                raise DataError(f"unpacks to more than {MAX_BYTES:,} bytes", where=decisions.path, hint="give a sample")
            for row in batch.to_pylist():
                yield Record(None, index, {name: _without_nan(value) for name, value in row.items()})
                index += 1
    except OverflowError as error:  # a day beyond the year 9999, such as Spark and databases write for "never"
        hint = "cast columns of dates to text, or leave them out"
        raise DataError(f"holds a value that Python cannot: {error}", where=decisions.path, hint=hint) from None
    except (pa.ArrowException, OSError, ValueError) as error:
        message = " ".join(str(error).split())
        raise DataError(f"cannot be read as Parquet: {message}", where=decisions.path, hint="write it again") from None


def _check_names(names: list[str], decisions: DecisionLog) -> None:
    for name in names:
        if names.count(name) > 1:
            raise DataError(f'{names.count(name)} columns are called "{name}"', where=decisions.path, hint="rename one")


def _without_nan(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
