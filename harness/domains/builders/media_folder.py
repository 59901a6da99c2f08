"""Builder of domains from users' folders of pictures or recordings (`harness domain add NAME FOLDER`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.domains.builders._options import texts
from harness.domains.media_files.folder import chosen_names, read_media_folder
from harness.errors import DataError
from harness.items.media_item import MediaBuilt
from harness.user_files.columns import Columns
from harness.user_files.label_check import check_labels_of_file

_COLUMNS = ("input", "output", "label", "caption", "cluster", "id", "split")
OPTIONS = ("file", "question", *_COLUMNS)
_ORIGIN = "ORIGIN.json"


def build(source: Path, options: Mapping[str, Any]) -> MediaBuilt:
    """The items of the folder; `harness.domains.media_files.folder` says how it is read.

    `options["file"]`: which files are read, as a glob pattern; all by default. `options["question"]`: the text of items
    whose row has none. The other options name columns of the metadata.

    Raises:
        DataError: an option is unknown or no text, no file matches, or the folder cannot be used.
    """
    named = texts(options, OPTIONS)
    if not source.is_dir():
        raise DataError("the folder of the source is missing", where=str(source), hint="run `harness fetch`")
    found = sorted(path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file())
    names = chosen_names([name for name in found if name != _ORIGIN], named.get("file"))
    columns = Columns(**{role: named.get(role) for role in _COLUMNS if role != "caption"})
    reading = read_media_folder(
        source, names, columns=columns, caption=named.get("caption"), question=named.get("question")
    )
    check_labels_of_file(reading.items, where=str(source))
    return reading.built()
