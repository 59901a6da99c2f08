"""`ORIGIN.json`: which files `data/sources/<name>/` holds and where they come from.

The file holds no time and no machine path. A second fetch writes the same bytes, so DVC sees no change.
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
        "sha256": getattr(source, "sha256", None),  # hub sources have none: their commit pins the content
        "globs": _globs(source),
        "licence": source.licence,
        "origin": source.origin,
        "files": files,
    }


def _globs(source: Source) -> list[str]:
    """The globs; empty for a path of which everything is copied."""
    return [] if isinstance(source, PathSource) and source.files == ("*",) else list(source.files)


def write_origin(name: str, source: Source, *, folder: Path, where: str) -> dict[str, str]:
    """Hash all files of the freshly filled folder and write ORIGIN.json; returns relative path -> sha256.

    Raises:
        SourceError: the source itself contains a file ORIGIN.json, or contains no file.
    """
    files = hash_tree(folder)
    if ORIGIN_FILE in files:
        what = f"the source itself contains a file {ORIGIN_FILE}"
        raise SourceError(what, where=where, hint="exclude or rename that file")
    if not files:
        raise SourceError("the source contains no file", where=where, hint="check `files` in data/sources.yaml")
    text = json.dumps(origin_record(name, source, files=files), indent=2, ensure_ascii=False)
    (folder / ORIGIN_FILE).write_text(text + "\n", encoding="utf-8", newline="\n")
    return files


def files_if_current(name: str, source: Source, *, folder: Path) -> dict[str, str] | None:
    """Relative path -> sha256 of an earlier fetch; None if its pin differs or a file has changed since."""
    try:
        recorded = json.loads((folder / ORIGIN_FILE).read_text(encoding="utf-8"))
        files = hash_tree(folder)
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError, json.JSONDecodeError):
        return None  # a broken link means that DVC's cache was emptied
    del files[ORIGIN_FILE]
    return files if recorded == origin_record(name, source, files=files) else None
