"""The files that are written from the typed models, and whether they are up to date."""

from __future__ import annotations

import json
from pathlib import Path

from harness.reference.file_kinds import KINDS
from harness.reference.json_schema import file_schema, options_of_methods
from harness.reference.page import page
from harness.runtime.atomic_output import atomic_file

PAGE = "docs/reference.md"
SCHEMAS = "docs/schema"


def texts() -> dict[str, str]:
    """Path relative to the project -> what it should hold.

    Raises:
        ConfigError: a method cannot be imported.
    """
    options = options_of_methods()
    schemas = {f"{SCHEMAS}/{kind.name}.json": file_schema(kind, options) for kind in KINDS}
    written = {path: json.dumps(schema, indent=1, ensure_ascii=False) + "\n" for path, schema in schemas.items()}
    return {PAGE: page(options), **written}


def outdated(root: Path) -> list[str]:
    """The files that are missing or differ from the models."""
    return [path for path, text in texts().items() if _read(root / path) != text]


def write(root: Path) -> list[str]:
    """Bring all files up to date; those that changed."""
    wanted = texts()
    changed = [path for path, text in wanted.items() if _read(root / path) != text]
    for path in changed:
        with atomic_file(root / path) as working:
            working.write_text(wanted[path], encoding="utf-8")
    return changed


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
