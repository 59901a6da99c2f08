"""Read `metadata.jsonl`, `metadata.csv` or `metadata.parquet`: a row per file, or several, with what is known of it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from harness.errors import DataError
from harness.items.item import Split
from harness.user_files.cell_text import cell_text
from harness.user_files.columns import COMPLETIONS, LABELS, PROMPTS, Columns, check_columns, listed, the_one
from harness.user_files.containers.read_file import read_file
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.given_splits import NAMES
from harness.user_files.record import Record

METADATA = "metadata.jsonl, metadata.csv or metadata.parquet"
_STEM, _SUFFIXES = "metadata", (".jsonl", ".csv", ".parquet")
FILE_NAME = "file_name"
"""The column of the file, also as the end of its name (`image_file_name`)."""
CAPTIONS = ("caption", "text", "description", "transcription", "sentence")
NO_FILE = "rows of the metadata name no file and were left out"
NOTHING_KNOWN = "rows of the metadata have neither a label, an answer nor a caption and were left out"
ANSWERS_ARE_LABELS = (
    "rows have answers that recur and are read as labels; use --output {name} to read them as free text"
)
MOST_ANSWERS, RECURS = 50, 5
"""Answers are labels if they are at most so many, and each occurs so often on average."""


@dataclass(frozen=True)
class FileRow:
    """One item: a file, and what is known of it."""

    file: str
    """Relative to the folder that is read."""
    question: str | None = None
    label: str | None = None
    answer: str | None = None
    caption: str | None = None
    cluster: str | None = None
    id: str | None = None
    split: Split | None = None


def is_metadata(name: str) -> bool:
    """Whether the relative path is that of metadata."""
    path = PurePosixPath(name)
    return path.stem == _STEM and path.suffix in _SUFFIXES


def read_metadata(
    folder: Path,
    names: Sequence[str],
    columns: Columns,
    decisions: DecisionLog,
    *,
    caption: str | None = None,
) -> tuple[list[FileRow], dict[str, str]]:
    """The rows of all metadata files, and role -> column of what was recognised or named.

    A folder of each split may have metadata of its own.

    Raises:
        DataError: a file cannot be read, has no column `file_name`, or lacks a column that was named; a split is
            unknown, or a row leads out of the folder.
    """
    named = {**columns.named, **({"caption": caption} if caption else {})}
    several = {name: read_file(folder / name) for name in names}
    records = {name: content.records for name, content in several.items()}
    known = list(dict.fromkeys(column for content in several.values() for column in content.columns))
    where = str(folder / names[0])
    check_columns(columns, known, where=where)
    everything = [record for several in records.values() for record in several]
    roles = _roles(known, named, everything, decisions, where=where)
    rows = [row for name, found in records.items() for row in _rows(found, name, roles, decisions)]
    return rows, {role: column for role, column in roles.items() if role != "file"}


def _roles(
    names: Sequence[str],
    named: Mapping[str, str],
    records: Sequence[Record],
    decisions: DecisionLog,
    *,
    where: str,
) -> dict[str, str]:
    """Role -> column: those that the user named, then those that are recognised by their names."""
    files = [name for name in names if name == FILE_NAME] or [name for name in names if name.endswith(f"_{FILE_NAME}")]
    if len(files) != 1:
        raise DataError(
            f"the metadata have {len(files)} columns of file names",
            where=where,
            expected=f'a column "{FILE_NAME}" with paths relative to the folder of the metadata',
            hint=f"the columns are {listed(names)}",
        )
    roles = {"file": files[0], **named}
    for role, aliases in {"label": LABELS, "input": PROMPTS, "output": COMPLETIONS, "caption": CAPTIONS}.items():
        left = [name for name in names if name not in roles.values()]
        if role not in roles and (name := the_one(left, aliases)):
            roles[role] = name
    if "label" not in roles and "output" in roles and "output" not in named:
        answers = [text for record in records if (text := cell_text(record, roles["output"]))]
        if len(set(answers)) <= min(MOST_ANSWERS, len(answers) // RECURS):
            roles["label"] = roles.pop("output")
            decisions.count(ANSWERS_ARE_LABELS.format(name=roles["label"]), len(answers))
    return roles


def _rows(records: Sequence[Record], name: str, roles: Mapping[str, str], decisions: DecisionLog) -> Iterator[FileRow]:
    for record in records:
        cells = {role: (cell_text(record, column) or "").strip() or None for role, column in roles.items()}
        file = cells["file"]
        if file is None:
            decisions.count(NO_FILE)
            continue
        if not any(cells.get(role) for role in ("label", "output", "caption")):
            decisions.count(NOTHING_KNOWN)
            continue
        yield FileRow(
            file=_path(file, name, where=record.where),
            question=cells.get("input"),
            label=cells.get("label"),
            answer=cells.get("output"),
            caption=cells.get("caption"),
            cluster=cells.get("cluster"),
            id=cells.get("id"),
            split=_split(cells["split"], where=record.where) if "split" in roles else None,
        )


def _path(file: str, metadata: str, *, where: str) -> str:
    """The path of a file, relative to the folder that is read."""
    path = posixpath.normpath(str(PurePosixPath(metadata).parent / file.replace("\\", "/")))
    if path.startswith(("../", "/")):
        what = f'the file name "{file[:80]}" leads out of the folder'
        raise DataError(what, where=where, expected="a path relative to the folder of the metadata")
    return path


def _split(name: str | None, *, where: str) -> Split:
    split = NAMES.get((name or "").casefold())
    if split is None:
        what = f'the split "{name[:80]}" is unknown' if name else "the row has no split"
        raise DataError(what, where=where, expected=f"one of {', '.join(NAMES)}", hint="correct the column")
    return split
