"""Open the only file of a zip archive."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath
from typing import IO, Any

from harness.errors import DataError

_SHOWN = 5
"""Most names of members in a message."""


def only_member(file: IO[bytes], *, path: str, limit: int) -> tuple[str, Any]:
    """The name and the stream of the only file in the archive. Folders and hidden files of macOS do not count.

    Raises:
        DataError: the archive is damaged, encrypted or larger than `limit` bytes, or holds no file or several.
    """
    content = file.read(limit + 1)
    if len(content) > limit:
        raise DataError(f"the file has more than {limit:,} bytes", where=path, hint="use a sample of the records")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = [name for name in archive.namelist() if not _is_ignored(name)]
        if len(names) == 1:
            return PurePosixPath(names[0]).name, archive.open(names[0])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:  # RuntimeError: it needs a password
        raise DataError(
            f"the zip file cannot be read: {error}", where=path, hint="unpack it, and give a file"
        ) from None
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else "")
    raise DataError(
        f"the zip file holds {len(names):,} files: {shown}" if names else "the zip file holds no file",
        where=path,
        expected="one file of records",
        hint="unpack it, and give one of its files, or the folder if the files belong together",
    )


def _is_ignored(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name.endswith("/") or "__MACOSX" in parts or parts[-1].startswith(".")
