"""The kinds of row that views hold, and their Parquet files."""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from harness.errors import DataError
from harness.items.item import Item, Split
from harness.items.media import Media, require_file


@dataclass(frozen=True)
class Row:
    """The columns that the rows of every view have."""

    id: str
    """Unique in the view: the item's id, with a suffix where an item gives several rows."""
    split: Split
    cluster: str


@dataclass(frozen=True)
class Question(Row):
    """A prompt with its right answer, and with the possible answers where they can be listed."""

    text: str
    """The item itself, for models that need no prompt."""
    prompt: str
    """The user's turn, for models that chat."""
    choices: tuple[str, ...]
    """The possible answers, `answer` among them; empty where the answer is free text."""
    answer: str
    references: tuple[str, ...] = ()
    """Further right answers."""
    media: tuple[Media, ...] = ()
    """Pictures, sound and tables that are shown with the prompt."""


@dataclass(frozen=True)
class Instruction(Row):
    """A task in the words of one of several templates, with the answer."""

    task: str
    """The view that asks the same in one fixed wording (`classify`, `answer`, `describe`, `translate`, ...)."""
    template: str
    """`classify/0`: the task, and the template's place in the list of templates."""
    prompt: str
    choices: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class Pair(Row):
    """Two texts that belong together, and similar texts that do not belong to them."""

    anchor: str
    positive: str
    negatives: tuple[str, ...]
    """The hardest first; may be empty."""


@dataclass(frozen=True)
class Preference(Row):
    """Two answers to one prompt, of which people prefer the first."""

    prompt: str
    chosen: str
    rejected: str


@dataclass(frozen=True)
class Document(Row):
    """Plain text."""

    text: str


AnyRow = TypeVar("AnyRow", bound=Row | Item)


def write_rows(kind: type[AnyRow], rows: Sequence[AnyRow], path: Path) -> None:
    """Write rows as Parquet; the same rows give the same bytes. There is a column for media only if a row has any."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    plain = [plain_row(row) for row in rows]
    with_media = any("media" in row for row in plain)
    columns = {
        name: pa.array([row.get(name, ()) if name == "media" else row[name] for row in plain], _arrow_type(hint))
        for name, hint in _hints(kind).items()
        if name != "media" or with_media
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, compression="zstd", store_schema=False)


def read_rows(kind: type[AnyRow], path: Path, *, media_folder: Path | None = None) -> list[AnyRow]:
    """Read what `write_rows` wrote. `media_folder`: the folder that paths of media start from; null: the file's own.

    Raises:
        DataError: the file, or a file of media, is missing.
    """
    import pyarrow.parquet as pq

    if not path.is_file():
        raise DataError("the prepared data does not exist", where=str(path), hint="run `dvc repro prepare`")
    rows = [
        row_of(kind, row, media_folder=media_folder or path.parent) for row in pq.ParquetFile(path).read().to_pylist()
    ]
    for row in rows:
        for media in getattr(row, "media", ()):
            require_file(media, where=path)
    return rows


def stored_media_kinds(path: Path) -> frozenset[str]:
    """The kinds of media in a file of `write_rows`, found without reading its other columns; none if it is missing."""
    import pyarrow.parquet as pq

    if not path.is_file() or "media" not in pq.read_schema(path).names:
        return frozenset()
    column = pq.ParquetFile(path).read(columns=["media"]).column("media").to_pylist()
    return frozenset(media["kind"] for row in column for media in row)


def content_hash(rows: Sequence[Row]) -> str:
    """sha256 of the rows' content, whatever library wrote the file."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(plain_row(row), sort_keys=True, ensure_ascii=False).encode())
    return digest.hexdigest()


def plain_row(row: Row | Item) -> dict[str, Any]:
    """A row as JSON and Parquet hold it; a row without media has no key for it."""
    plain = {name: getattr(row, name) for name in _hints(type(row))}
    media: Sequence[Media] = plain.pop("media", ())
    return {**plain, "media": [one.stored() for one in media]} if media else plain


def row_of(kind: type[AnyRow], plain: Mapping[str, Any], *, media_folder: Path | None = None) -> AnyRow:
    """The row that `plain_row` turned into a dictionary. `media_folder`: the folder that paths of media start from."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
    if "media" in plain:
        values["media"] = tuple(Media(**one, folder=media_folder) for one in plain["media"])
    return kind(**values)


def _hints(kind: Any) -> dict[str, Any]:
    """Name -> type of each column of a kind of row."""
    return _read_hints(kind)


@cache
def _read_hints(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _arrow_type(hint: Any) -> Any:
    import pyarrow as pa

    if hint == tuple[Media, ...]:
        return pa.list_(pa.struct([(name, pa.string()) for name in ("kind", "sha256", "path")]))
    if typing.get_origin(hint) is tuple:
        return pa.list_(pa.string())
    if isinstance(hint, types.UnionType):  # `str | None`
        hint = next(inner for inner in typing.get_args(hint) if inner is not type(None))
    return pa.bool_() if hint is bool else pa.string()
