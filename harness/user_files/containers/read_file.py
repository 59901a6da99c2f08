"""Read a file into raw records: choose the reader by the file's name and first bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from heapq import nsmallest
from pathlib import Path, PurePath
from typing import Protocol

from harness.errors import DataError
from harness.items.item import shuffle_key
from harness.user_files.containers.binary_files import PARQUET_MAGIC
from harness.user_files.containers.byte_stream import HEAD, ByteStream, HashedFile
from harness.user_files.containers.json_files import json_document, json_lines
from harness.user_files.containers.paragraphs import paragraphs, text_lines, whole_text
from harness.user_files.containers.parquet_files import parquet_rows
from harness.user_files.containers.tables import csv_rows, is_table, tsv_rows
from harness.user_files.containers.text_stream import TextStream
from harness.user_files.decision_log import DecisionLog
from harness.user_files.layout import DECIDED_BY_FILE, Layout
from harness.user_files.record import FileContent, Record

NOT_DRAWN = "records were not drawn, because the domain reads only some records of each file"
TABLE_OF_TEXT = "text files were read as tables, because tabs cut each line into equally many cells"
Reader = Callable[[TextStream, DecisionLog], Iterator[Record]]


class TableReader(Protocol):
    """A reader of tables, which has options."""

    def __call__(self, text: TextStream, decisions: DecisionLog, *, layout: Layout) -> Iterator[Record]:
        """The records of the table."""


READERS: dict[str, Reader] = {
    ".jsonl": json_lines,
    ".ndjson": json_lines,
    ".json": json_document,
    ".txt": paragraphs,
    ".md": paragraphs,
}
"""Suffix -> reader of text files. Parquet, gzip and zip are recognised by their first bytes."""
TABLES: dict[str, TableReader] = {".csv": csv_rows, ".tsv": tsv_rows, ".tab": tsv_rows}
"""Suffix -> reader of tables."""
TEXT_SUFFIXES = (".txt", ".md")
"""Files of plain text; without an option, a table in one of them is recognised by its tabs."""
SUFFIXES = (".jsonl", ".ndjson", ".json", *TABLES, *TEXT_SUFFIXES, ".parquet", ".pq")
"""Suffixes of all files that can be read, without `.gz`."""


def read_file(
    path: Path, *, at_most: int | None = None, layout: Layout = DECIDED_BY_FILE, is_whole: bool = False
) -> FileContent:
    """All records of the file, or a pseudo-random draw of `at_most` records, which is the same each time.

    `layout`: options of tables and plain text. `is_whole`: a file of plain text is one record.

    Raises:
        DataError: the file is missing, empty, binary, in another encoding, malformed (with line and column), too large,
            has no records, or changed while it was read.
    """
    if not path.exists():
        raise DataError("the file does not exist", where=str(path), hint="check the path")
    if not path.is_file():
        raise DataError(
            "the path is not a file", where=str(path), expected="one file of records", hint="check the path"
        )
    before = _state(path)
    digest: str | None = None
    try:
        with path.open("rb") as file:
            hashed = HashedFile(file)
            content = _content(hashed, path, at_most, layout=layout, is_whole=is_whole)
            digest = hashed.sha256_of_all()
    except PermissionError as error:
        what = f"the file cannot be read: {error.strerror}"
        raise DataError(what, where=str(path), hint="check its permissions") from None
    except DataError:
        _refuse_change(path, before, digest=None)  # the error may only be a consequence of the change
        raise
    _refuse_change(path, before, digest=digest)
    if not content.records:
        what = "the file holds no records: it is an empty list, or a header without rows"
        raise DataError(what, where=str(path), hint="export the file again")
    return content


def _content(hashed: HashedFile, path: Path, at_most: int | None, *, layout: Layout, is_whole: bool) -> FileContent:
    decisions = DecisionLog()
    stream = ByteStream(hashed, path=str(path))
    if not stream.head:
        raise DataError("the file is empty", where=str(path), expected="records", hint="export the file again")
    if stream.head.startswith(PARQUET_MAGIC):
        _refuse_layout(layout, "Parquet", where=str(path))
        records = _drawn(parquet_rows(stream, decisions), at_most, decisions)
        return FileContent(records, "binary", decisions.notes())
    text = TextStream(stream)
    if text.encoding == "UTF-16":
        decisions.count("files were UTF-16 and were decoded")
    reader = whole_text if is_whole else _reader(stream, text, decisions, layout)
    records = _drawn(reader(text, decisions), at_most, decisions)
    return FileContent(records, text.encoding, decisions.notes(), split_column=_split_column(records))


def _drawn(records: Iterable[Record], at_most: int | None, decisions: DecisionLog) -> list[Record]:
    """The first `at_most` records by pseudo-random key, in one pass that keeps no others in memory.

    A larger draw contains every smaller one.
    """
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


def _reader(stream: ByteStream, text: TextStream, decisions: DecisionLog, layout: Layout) -> Reader:
    path, suffix = stream.path, suffix_of(stream.name)
    start = text.head.lstrip()[:1]
    if not start:
        what = "the file holds only blank lines"
        raise DataError(what, where=path, expected="records", hint="export the file again")
    if layout.lines:
        return text_lines
    if layout.is_table:
        if suffix in READERS and suffix not in TEXT_SUFFIXES:
            _refuse_layout(layout, suffix.removeprefix(".").upper(), where=path)
        return partial(TABLES.get(suffix, csv_rows), layout=layout)
    if suffix in (".jsonl", ".ndjson") and start == "[":
        return json_document
    if suffix in TABLES:
        return partial(TABLES[suffix], layout=layout)
    if (suffix in TEXT_SUFFIXES or suffix not in SUFFIXES) and is_table(text.head, whole=len(stream.head) < HEAD):
        decisions.count(TABLE_OF_TEXT)
        return partial(tsv_rows, layout=layout)
    if suffix in READERS:
        return READERS[suffix]
    if suffix in (".parquet", ".pq"):
        raise DataError(
            "the file is named Parquet but does not start with PAR1",
            where=path,
            hint="rename it after its real format, or export it again",
        )
    if start in ("{", "["):
        return json_document
    raise DataError(
        f'the suffix "{suffix}" is unknown' if suffix else "the file name has no suffix",
        where=path,
        expected=f"{', '.join(SUFFIXES)}, each with or without .gz",
        hint="rename the file after its format; or say how to read it: --lines for one text per line, "
        "--delimiter SIGN for a table",
    )


def suffix_of(name: str) -> str:
    """The suffix that says how to read a file, in small letters: `.csv` of `data.CSV.gz`; empty if there is none."""
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    return next((suffix for suffix in reversed(suffixes) if suffix not in (".gz", ".gzip")), "")


def _refuse_layout(layout: Layout, kind: str, *, where: str) -> None:
    if layout != DECIDED_BY_FILE:
        given = ", ".join(layout.options())
        what = f"the file is {kind}, to which these options do not apply: {given}"
        raise DataError(what, where=where, hint="leave them out; they are for tables and plain text")


def _split_column(records: list[Record]) -> str | None:
    return next((record.split_column for record in records if record.split_column), None)


def _state(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


def _refuse_change(path: Path, before: tuple[int, int], *, digest: str | None) -> None:
    """Raise if the file has changed. `digest`: sha256 of what was read, if the whole file was read."""
    changed = not path.exists() or _state(path) != before
    if not changed and digest is not None:
        with path.open("rb") as file:
            changed = HashedFile(file).sha256_of_all() != digest
    if changed:
        raise DataError(
            "the file changed while it was read",
            where=str(path),
            hint="wait until the program that writes it has finished, then repeat",
        )
