"""Checks on the names of archive members, so that nothing is written outside the target folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from harness.errors import SourceError

_FORBIDDEN = re.compile(r"^[A-Za-z]:|[\\\x00-\x1f\x7f]")
_LONGEST_PART = 255  # bytes; the limit of nearly every file system
_LONGEST_NAME = 1000  # characters
_OTHER_VERSION = "use another version of the source"


def safe_member_path(name: str, *, where: str) -> PurePosixPath:
    """The relative path for a member, without `./` and doubled slashes.

    Raises:
        SourceError: the name is absolute, holds `..`, a drive letter, a backslash or a control character, is empty,
            is not Unicode, or is too long for a file system.
    """
    problem = name_problem(name)
    if problem:
        raise SourceError(
            f"the archive member {name!r} {problem}; nothing was extracted",
            where=where,
            expected="relative paths below the archive's root",
            hint=f"do not trust this archive; {_OTHER_VERSION}",
        )
    return PurePosixPath(name)


def name_problem(name: str) -> str | None:
    """Why a name cannot be a relative path below a folder; None if it can."""
    path = PurePosixPath(name)
    parts = path.parts
    if not parts:
        return "has no name"
    if name.startswith("/"):
        return "is an absolute path"
    if ".." in parts:
        return "climbs out of its folder with `..`"
    if _FORBIDDEN.search(str(path)):
        return "holds a drive letter, a backslash or a control character"
    try:
        longest = max(len(part.encode()) for part in parts)
    except UnicodeEncodeError:
        return "is not Unicode"
    return "is too long" if longest > _LONGEST_PART or len(name) > _LONGEST_NAME else None


def require_distinct(paths: Iterable[PurePosixPath], *, where: str) -> None:
    """Pass if no two files share a path and no file has the path of another file's folder.

    Raises:
        SourceError: names the path that occurs twice.
    """
    seen: set[PurePosixPath] = set()
    for path in paths:
        if path in seen:
            raise SourceError(f"the archive holds {str(path)!r} twice", where=where, hint=_OTHER_VERSION)
        seen.add(path)
    for path in seen:
        for parent in path.parents:
            if parent in seen:
                what = f"the archive holds {str(parent)!r} as a file and as a folder"
                raise SourceError(what, where=where, hint=_OTHER_VERSION)
