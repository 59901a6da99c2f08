"""The records of a prepared domain: items, and the questions asked about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal, TypeVar

from harness.errors import DataError

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Item:
    """One thing of the domain, as the builder delivers it."""

    id: str
    """Stable across versions of the source, unique in the domain."""
    text: str
    label: str
    """As the model should spell it."""
    cluster: str
    """Items of one origin share it; a cluster never straddles splits."""


@dataclass(frozen=True)
class Question:
    """One line of a view: a prompt with its possible answers and the right one."""

    id: str
    split: Split
    cluster: str
    text: str
    """The item itself, for models that need no prompt."""
    prompt: str
    """The user's turn, for models that chat."""
    choices: tuple[str, ...]
    answer: str


def shuffle_key(seed: int, name: str) -> str:
    """A pseudo-random sort key that does not depend on the order or the number of the other items.

    Sorting by it and taking the first n gives nested samples: the first 64 are part of the first 640.
    """
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


Row = TypeVar("Row", Item, Question)


def write_rows(rows: Sequence[Row], path: Path) -> None:
    """Write rows as Parquet, byte for byte the same for the same rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [field.name for field in fields(rows[0])] if rows else []
    columns = {name: [_plain(getattr(row, name)) for row in rows] for name in names}
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, compression="zstd", store_schema=False)


def read_rows(kind: type[Row], path: Path) -> list[Row]:
    """Read what `write_rows` wrote.

    Raises:
        DataError: the file is missing.
    """
    import pyarrow.parquet as pq

    if not path.is_file():
        raise DataError("the prepared data does not exist", where=str(path), hint="run `harness prepare`")
    rows = pq.read_table(path).to_pylist()
    if kind is Question:
        rows = [{**row, "choices": tuple(row["choices"])} for row in rows]
    return [kind(**row) for row in rows]


def content_hash(rows: Sequence[Row]) -> str:
    """sha256 of the rows themselves, whatever library wrote the file."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(asdict(row), sort_keys=True, ensure_ascii=False).encode())
    return digest.hexdigest()


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
