"""Write records into every container that the harness reads."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NESTED = ("jsonl", "json", "parquet")
FLAT = (*NESTED, "csv", "tsv")


def write_container(folder: Path, records: Sequence[dict[str, Any]], *, kind: str, zipped: bool = False) -> Path:
    """`records.<kind>`, or the same with `.gz`."""
    content = _content(records, kind)
    path = folder / (f"records.{kind}.gz" if zipped else f"records.{kind}")
    path.write_bytes(gzip.compress(content, mtime=0) if zipped else content)
    return path


def write_lines(folder: Path, *records: dict[str, Any]) -> Path:
    """JSONL, one record per argument."""
    return write_container(folder, records, kind="jsonl")


def _content(records: Sequence[dict[str, Any]], kind: str) -> bytes:
    if kind == "jsonl":
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
    if kind == "json":
        return json.dumps(records, indent=1).encode()
    if kind == "parquet":
        return _parquet(records)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(records[0]), delimiter="," if kind == "csv" else "\t")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def _parquet(records: Sequence[dict[str, Any]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(records)), buffer)
    return buffer.getvalue()
