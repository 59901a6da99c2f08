"""Read the user's file or folder, and note the options by which the builder `records` reads it the same way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from harness.config.source import PathSource
from harness.errors import DataError, SourceError
from harness.sources.checksum import sha256_file
from harness.sources.local_path import local_files
from harness.user_domains.own_file import OwnFile
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.folders.chosen_files import FolderOptions, chosen_files, folder_options
from harness.user_files.folders.paths import LabelFrom
from harness.user_files.folders.several_files import read_files
from harness.user_files.layout import Layout
from harness.user_files.reading import Reading

ALL_FILES = "*"
"""Pattern that matches every file of a folder, also in folders below."""

PERHAPS_CLASSES = (
    "files hold texts without a label; if each file holds the texts of one class, use --label-from file, "
    "and if each folder does, --label-from folder"
)


@dataclass(frozen=True)
class OwnRecords:
    """What was read, and how."""

    reading: Reading
    sha256: str | None
    """None for a folder: ORIGIN.json records the hash of each of its files."""
    options: dict[str, str | bool]
    """Options of the builder `records` beside the format and the columns."""
    files: int
    """Number of files read."""


def read_own(
    file: OwnFile,
    *,
    given: Path,
    columns: Columns,
    format: str | None,
    layout: Layout,
    pattern: str | None,
    label_from: LabelFrom | None,
) -> OwnRecords:
    """Read the file, or all files of the folder that hold records. `given` is the path as the user wrote it.

    Raises:
        DataError: the file cannot be used or changes while it is read; an option does not fit; no file matches.
    """
    if file.is_folder:
        return _of_folder(file, columns, format, layout, pattern=pattern, label_from=label_from)
    if pattern is not None or label_from is not None:
        what = "--files and --label-from are for folders, and the path is a file"
        raise DataError(what, where=str(given), hint="give the folder of the file")
    sha256 = sha256_file(file.path)
    reading = read_files(
        file.path.parent, [file.path.name], options=FolderOptions(), columns=columns, format=format, layout=layout
    )
    if sha256_file(file.path) != sha256:
        hint = "wait until the program that writes it has finished, then repeat"
        raise DataError("the file changed while it was read", where=str(given), hint=hint)
    return OwnRecords(reading, sha256, {"file": file.path.name, **layout.options()}, 1)


def _of_folder(
    file: OwnFile,
    columns: Columns,
    format: str | None,
    layout: Layout,
    *,
    pattern: str | None,
    label_from: LabelFrom | None,
) -> OwnRecords:
    where = str(file.path)
    source = PathSource(kind="path", path=where, licence="", origin="")
    try:
        names = list(local_files(source, root=file.path, where=where))
    except SourceError as error:
        raise DataError(error.what, where=where, expected=error.expected, hint=error.hint) from None
    matching = [name for name in names if pattern is None or fnmatchcase(name, pattern)]
    if not matching:
        hint = f"the folder holds {', '.join(names[:5])}"
        raise DataError(f'no file of the folder matches "{pattern}"', where=where, hint=hint)
    options = folder_options(matching, label_from=label_from, where=where)
    decisions = DecisionLog()
    chosen = chosen_files(matching, options, decisions, where=where)
    reading = read_files(file.path, chosen, options=options, columns=columns, format=format, layout=layout)
    if len(chosen) > 1 and not any(item.label or item.answer or item.positive for item in reading.items):
        decisions.count(PERHAPS_CLASSES, len(chosen))
    reading = replace(reading, notes=(*decisions.notes(), *reading.notes))
    named = {"file": pattern or ALL_FILES, **options.options(), **layout.options()}
    return OwnRecords(reading, None, named, len(chosen))
