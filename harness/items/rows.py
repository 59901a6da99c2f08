"""The rows of views, and their Parquet files."""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from harness.errors import DataError
from harness.items.item import Item, Split


@dataclass(frozen=True)
class Row:
    """What every row of every view has."""

    id: str
    """Unique in the view; that of the item, with a suffix where an item gives several rows."""
    split: Split
    cluster: str


@dataclass(frozen=True)
class Question(Row):
    """A prompt with its right answer, and the possible answers where they can be listed."""

    text: str
    """The item itself, for models that need no prompt."""
    prompt: str
    """The user's turn, for models that chat."""
    choices: tuple[str, ...]
    """Holds `answer`; empty where only free text can answer."""
    answer: str
    references: tuple[str, ...] = ()
    """Further right answers."""


@dataclass(frozen=True)
class Instruction(Row):
    """A task in the words of one of several templates, with the answer."""

    task: str
    """View that asks the same in one fixed wording (`classify`, `answer`, `describe`, `translate`, ...)."""
    template: str
    """`classify/0`: task and place in the list of templates."""
    prompt: str
    choices: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class Pair(Row):
    """Two texts that belong together, and some that only look so."""

    anchor: str
    positive: str
    negatives: tuple[str, ...]
    """Hard ones, hardest first; may be empty."""


@dataclass(frozen=True)
class Preference(Row):
    """Two answers to one prompt."""

    prompt: str
    chosen: str
    rejected: str


@dataclass(frozen=True)
class Document(Row):
    """Plain text."""

    text: str


AnyRow = TypeVar("AnyRow", bound=Row | Item)


def write_rows(kind: type[AnyRow], rows: Sequence[AnyRow], path: Path) -> None:
    """Write rows as Parquet, byte for byte the same for the same rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        name: pa.array([_plain(getattr(row, name)) for row in rows], _arrow_type(hint))
        for name, hint in _hints(kind).items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, compression="zstd", store_schema=False)


def read_rows(kind: type[AnyRow], path: Path) -> list[AnyRow]:
    """Read what `write_rows` wrote.

    Raises:
        DataError: the file is missing.
    """
    import pyarrow.parquet as pq

    if not path.is_file():
        raise DataError("the prepared data does not exist", where=str(path), hint="run `dvc repro prepare`")
    lists = [name for name, hint in _hints(kind).items() if typing.get_origin(hint) is tuple]
    rows = pq.read_table(path).to_pylist()
    return [kind(**{**row, **{name: tuple(row[name]) for name in lists}}) for row in rows]


def content_hash(rows: Sequence[Row]) -> str:
    """sha256 of the rows themselves, whatever library wrote the file."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(asdict(row), sort_keys=True, ensure_ascii=False).encode())
    return digest.hexdigest()


def _hints(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _arrow_type(hint: Any) -> Any:
    import pyarrow as pa

    if typing.get_origin(hint) is tuple:
        return pa.list_(pa.string())
    if isinstance(hint, types.UnionType):  # `str | None`
        hint = next(inner for inner in typing.get_args(hint) if inner is not type(None))
    return pa.bool_() if hint is bool else pa.string()


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
