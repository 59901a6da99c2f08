"""Read a file of records, whatever its container and encoding, or say what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import nsmallest
from pathlib import Path

from harness.errors import DataError
from harness.items.item import shuffle_key
from harness.user_files.containers.binary_files import PARQUET_MAGIC
from harness.user_files.containers.byte_stream import ByteStream, HashedFile
from harness.user_files.containers.json_files import json_document, json_lines
from harness.user_files.containers.parquet_files import parquet_rows
from harness.user_files.containers.plain_texts import paragraphs
from harness.user_files.containers.tables import csv_rows, tsv_rows
from harness.user_files.containers.text_stream import TextStream
from harness.user_files.decisions import DecisionLog
from harness.user_files.record import FileContent, Record

NOT_DRAWN = "records were not drawn: the domain takes a part of each file"
Reader = Callable[[TextStream, DecisionLog], Iterator[Record]]

READERS: dict[str, Reader] = {
    ".jsonl": json_lines,
    ".ndjson": json_lines,
    ".json": json_document,
    ".csv": csv_rows,
    ".tsv": tsv_rows,
    ".tab": tsv_rows,
    ".txt": paragraphs,
    ".md": paragraphs,
}
"""Suffix -> reader of text; Parquet and gzip are told by their first bytes."""


def read_file(path: Path, *, at_most: int | None = None) -> FileContent:
    """All records of the file, or `at_most` so many, drawn by their places: the same file gives the same ones.

    Raises:
        DataError: it is missing, empty, binary, in another encoding, malformed (naming line and column), too large,
            without records, or changed while it was read.
    """
    if not path.exists():
        raise DataError("the file does not exist", where=str(path), hint="check the path")
    if not path.is_file():
        raise DataError("is no file", where=str(path), expected="one file of records")
    before = _state(path)
    digest: str | None = None
    try:
        with path.open("rb") as file:
            hashed = HashedFile(file)
            content = _content(hashed, path, at_most)
            digest = hashed.sha256_of_all()
    except PermissionError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except DataError:
        _refuse_change(path, before, digest=None)  # half a file is malformed, but that is not what went wrong
        raise
    _refuse_change(path, before, digest=digest)
    if not content.records:
        what = "holds no records: an empty list, or a header without rows"
        raise DataError(what, where=str(path), hint="was the export cut off?")
    return content


def _content(hashed: HashedFile, path: Path, at_most: int | None) -> FileContent:
    where = str(path)
    decisions = DecisionLog(where)
    stream = ByteStream(hashed, where=where)
    if not stream.head:
        raise DataError("is empty", where=where, expected="records")
    if stream.head.startswith(PARQUET_MAGIC):
        records = _drawn(parquet_rows(stream, decisions), at_most, decisions)
        return FileContent(records, "binary", decisions.notes())
    text = TextStream(stream, where=where)
    if text.encoding == "UTF-16":
        decisions.count("files were UTF-16 and were decoded")
    records = _drawn(_reader(path, text.head)(text, decisions), at_most, decisions)
    return FileContent(records, text.encoding, decisions.notes())


def _drawn(records: Iterable[Record], at_most: int | None, decisions: DecisionLog) -> list[Record]:
    """In one pass that holds no more of them; a larger draw has all of a smaller one."""
    if at_most is None:
        return list(records)
    seen = 0

    def counted() -> Iterator[Record]:
        nonlocal seen
        for record in records:
            seen += 1
            yield record

    kept = nsmallest(at_most, counted(), key=_place_in_draw)
    decisions.count(NOT_DRAWN, seen - len(kept))
    return sorted(kept, key=lambda record: record.index)


def _place_in_draw(record: Record) -> str:
    return shuffle_key(0, str(record.index))


def _reader(path: Path, head: str) -> Reader:
    suffix = _suffix(path)
    start = head.lstrip()[:1]
    if not start:
        raise DataError("holds only blank lines", where=str(path), expected="records")
    if suffix in (".jsonl", ".ndjson") and start == "[":
        return json_document
    if suffix in READERS:
        return READERS[suffix]
    if suffix in (".parquet", ".pq"):
        raise DataError(
            "is named Parquet but does not start with PAR1", where=str(path), hint="rename it or write it anew"
        )
    if start in ("{", "["):
        return json_document
    raise DataError(
        f'the suffix "{suffix}" is unknown' if suffix else "has no suffix",
        where=str(path),
        expected=f"{', '.join([*READERS, '.parquet'])}, each with or without .gz",
        hint="rename it after what it holds",
    )


def reader_of(path: Path) -> Reader | None:
    """The reader that the name of the file asks for."""
    return READERS.get(_suffix(path))


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return next((name for name in reversed(suffixes) if name not in (".gz", ".gzip")), "")


def _state(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


def _refuse_change(path: Path, before: tuple[int, int], *, digest: str | None) -> None:
    """`digest` is the sha256 of what was read, if that was all."""
    changed = not path.exists() or _state(path) != before
    if not changed and digest is not None:
        with path.open("rb") as file:
            changed = HashedFile(file).sha256_of_all() != digest
    if changed:
        raise DataError(
            "changed while it was read", where=str(path), hint="wait until whoever writes it has finished, then repeat"
        )
