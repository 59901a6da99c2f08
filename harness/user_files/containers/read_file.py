"""Read a file into raw records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nsmallest
from pathlib import Path

from harness.errors import DataError
from harness.items.item import shuffle_key
from harness.user_files.containers.binary_files import PARQUET_MAGIC
from harness.user_files.containers.byte_stream import ByteStream, HashedFile
from harness.user_files.containers.choose_reader import reader_of, refuse_layout
from harness.user_files.containers.paragraphs import whole_text
from harness.user_files.containers.parquet_files import parquet_rows
from harness.user_files.containers.text_stream import TextStream
from harness.user_files.decision_log import DecisionLog
from harness.user_files.layout import DECIDED_BY_FILE, Layout
from harness.user_files.record import FileContent, Record

NOT_DRAWN = "records were not drawn, because the domain reads only some records of each file"


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
        refuse_layout(layout, "Parquet", where=str(path))
        records = _drawn(parquet_rows(stream, decisions), at_most, decisions)
        return FileContent(records, "binary", decisions.notes())
    text = TextStream(stream)
    if text.encoding == "UTF-16":
        decisions.count("files were UTF-16 and were decoded")
    reader = whole_text if is_whole else reader_of(stream, text, decisions, layout)
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
