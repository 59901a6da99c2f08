"""The entry of a user's file in data/sources.yaml."""

from __future__ import annotations

from pathlib import Path

from harness.config.project import Project
from harness.config.source import PathSource
from harness.errors import ConfigError
from harness.user_domains.own_file import OwnFile

DEFAULT_LICENCE = "LicenseRef-Proprietary"
"""SPDX identifier of a licence that is not on the SPDX list."""


def own_source(
    project: Project, file: OwnFile, *, sha256: str | None, name: str, licence: str | None, origin: str | None
) -> PathSource:
    """The pin of the file as the source `name`. Licence and origin of a replaced file stay unless new ones are given.

    Raises:
        ConfigError: the source of this name is no file.
    """
    old = project.sources.get(name)
    if old is not None and not isinstance(old, PathSource):
        where = f"data/sources.yaml: {name}"
        raise ConfigError(
            f"the source has the kind `{old.kind}`, expected `path`", where=where, hint="choose another name"
        )
    # a credit that this function wrote names the replaced file, so it is written again
    kept = old.origin if old and old.origin != _own_origin(Path(old.path)) else None
    return PathSource(
        kind="path",
        path=file.source_path,
        sha256=sha256,
        licence=" ".join((licence or (old.licence if old else DEFAULT_LICENCE)).split()),
        origin=" ".join((origin or kept or _own_origin(file.path)).split()),
    )


def _own_origin(path: Path) -> str:
    return f"{path.name}, {'a folder' if path.is_dir() else 'a file'} of the user's own"
