"""The user's file on disk: is it one, may it be used, and how is it pinned?"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from harness.errors import DataError
from harness.sources.origin import ORIGIN_FILE

SUGGESTED = 3


@dataclass(frozen=True)
class OwnFile:
    """A file that exists and may become a source."""

    path: Path
    """Absolute."""
    written: str
    """As data/sources.yaml names it: relative to the project's root if it lies there, else absolute."""
    is_inside: bool


def own_file(given: Path, *, root: Path) -> OwnFile:
    """The file that the user names, relative to the working directory or absolute.

    Raises:
        DataError: it does not exist (with the names next to it that are alike), is a folder or no plain file, lies
            below data/sources/, has the name of the harness's own record or none in UTF-8, or may
            not be read.
    """
    try:
        path = _located(given)
    except OSError as error:  # a name too long, a folder that one may not enter
        raise DataError(f"cannot be read: {error.strerror}", where=str(given)) from None
    if path.is_dir():
        hint = _inside(path)
        raise DataError("is a folder", where=str(given), expected="one file of records", hint=hint)
    if not path.is_file():
        raise DataError("is no plain file", where=str(given), expected="one file of records")
    root = root.resolve()
    if path.resolve().is_relative_to(root / "data/sources"):
        hint = "copy it elsewhere; data/sources/ is what `harness fetch` fills and empties"
        raise DataError("lies in data/sources/", where=str(given), hint=hint)
    if str(path).encode(errors="ignore").decode() != str(path):  # os.fsdecode keeps such bytes as lone surrogates
        raise DataError("has a name that is not UTF-8", where=ascii(str(given)), hint="rename the file or its folder")
    if path.name == ORIGIN_FILE:
        hint = "rename it; `harness fetch` writes a file of that name beside it"
        raise DataError(f"is named {ORIGIN_FILE}", where=str(given), hint=hint)
    try:
        path.open("rb").close()
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=str(given), hint="check its permissions") from None
    if path.is_relative_to(root):
        return OwnFile(path, path.relative_to(root).as_posix(), is_inside=True)
    return OwnFile(path, str(path), is_inside=False)


def _located(given: Path) -> Path:
    """The absolute path of what exists.

    Raises:
        DataError: nothing does.
        OSError: nobody can tell.
    """
    path = given.expanduser().absolute()
    path = path.parent.resolve() / path.name  # not resolved itself: a link keeps its name
    if path.exists():
        return path
    if path.is_symlink():
        raise DataError("is a link to a file that does not exist", where=str(given), expected=str(path.readlink()))
    raise DataError("the file does not exist", where=str(given), hint=_nearest(path))


def _nearest(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"the folder {folder} does not exist either"
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    near = difflib.get_close_matches(path.name, names, n=SUGGESTED, cutoff=0.5)
    if near:
        return "did you mean " + " or ".join(f'"{name}"' for name in near) + "?"
    return f"there is nothing alike in {folder}"


def _inside(folder: Path) -> str:
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())[:SUGGESTED]
    return f"name a file in it, such as {', '.join(names)}" if names else "name a file"
