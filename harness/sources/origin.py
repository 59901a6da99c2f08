"""`ORIGIN.json`: what lies in `data/sources/<name>/`, where it comes from, and whether it is still that.

No time and no machine path stands in it: fetched again, it is byte-equal, so DVC sees no change.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.config.source import PathSource, Source
from harness.errors import SourceError
from harness.sources.checksum import hash_tree
from harness.sources.identity import identity

ORIGIN_FILE = "ORIGIN.json"


def origin_record(name: str, source: Source, *, files: dict[str, str]) -> dict[str, Any]:
    """The content of ORIGIN.json; `files` maps relative path -> sha256."""
    return {
        "name": name,
        "kind": source.kind,
        "identity": identity(source),
        "sha256": getattr(source, "sha256", None),  # a hub source is pinned by its commit instead
        "globs": [] if isinstance(source, PathSource) else list(source.files),
        "licence": source.licence,
        "origin": source.origin,
        "files": files,
    }


def write_origin(name: str, source: Source, *, folder: Path, where: str) -> dict[str, str]:
    """Hash all files of a folder just filled and record them; returns relative path -> sha256.

    Raises:
        SourceError: the source brings a file ORIGIN.json of its own, or no file at all.
    """
    files = hash_tree(folder)
    if ORIGIN_FILE in files:
        raise SourceError(f"the source holds a file {ORIGIN_FILE} of its own", where=where, hint="rename that file")
    if not files:
        raise SourceError("the source holds no file", where=where)
    text = json.dumps(origin_record(name, source, files=files), indent=2, ensure_ascii=False)
    (folder / ORIGIN_FILE).write_text(text + "\n", encoding="utf-8", newline="\n")
    return files


def files_if_current(name: str, source: Source, *, folder: Path) -> dict[str, str] | None:
    """The files of an earlier fetch if it was of this very pin and no file was changed since; else None."""
    try:
        recorded = json.loads((folder / ORIGIN_FILE).read_text(encoding="utf-8"))
        files = hash_tree(folder)
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError, json.JSONDecodeError):
        return None  # also a dead link into a cache that was emptied
    del files[ORIGIN_FILE]
    return files if recorded == origin_record(name, source, files=files) else None
