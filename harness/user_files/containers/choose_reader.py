"""Choose the reader of a text file by its suffix, its first characters and the options of the user."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePath
from typing import Protocol

from harness.errors import DataError
from harness.user_files.containers.byte_stream import HEAD, ByteStream
from harness.user_files.containers.json.json_files import json_document, json_lines
from harness.user_files.containers.paragraphs import paragraphs, text_lines
from harness.user_files.containers.tables.table_files import csv_rows, is_table, tsv_rows
from harness.user_files.containers.text_stream import TextStream
from harness.user_files.decision_log import DecisionLog
from harness.user_files.layout import DECIDED_BY_FILE, Layout
from harness.user_files.record import Record

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


def reader_of(stream: ByteStream, text: TextStream, decisions: DecisionLog, layout: Layout) -> Reader:
    """The reader of `text`, the decoded `stream`. `decisions` counts what the first lines decide.

    Raises:
        DataError: the file is blank, nothing says how to read it, or an option does not fit it.
    """
    path, suffix = stream.path, suffix_of(stream.name)
    start = text.head.lstrip()[:1]
    if not start:
        what = "the file holds only blank lines"
        raise DataError(what, where=path, expected="records", hint="export the file again")
    if suffix in READERS and suffix not in TEXT_SUFFIXES:
        refuse_layout(layout, suffix.removeprefix(".").upper(), where=path)
    if layout.lines:
        return text_lines
    if layout.is_table:
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


def refuse_layout(layout: Layout, kind: str, *, where: str) -> None:
    """Pass if no option is given.

    Raises:
        DataError: an option is given, and files of this `kind` have none.
    """
    if layout != DECIDED_BY_FILE:
        given = ", ".join(layout.options())
        what = f"the file is {kind}, to which these options do not apply: {given}"
        raise DataError(what, where=where, hint="leave them out; they are for tables and plain text")
