"""Check that the path which the user gives is a usable file or folder, and decide how data/sources.yaml names it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from harness.errors import DataError
from harness.sources.origin import ORIGIN_FILE

SUGGESTED = 3
"""Most file names in a suggestion."""


@dataclass(frozen=True)
class OwnFile:
    """A file or folder that may become a source."""

    path: Path
    """Absolute."""
    source_path: str
    """The path in data/sources.yaml: relative to the project's root if the file is inside it, otherwise absolute."""
    is_inside: bool
    """The file is inside the project."""
    is_folder: bool = False


def own_file(given: Path, *, root: Path) -> OwnFile:
    """The file that the user names, relative to the working directory or absolute.

    Raises:
        DataError: the file does not exist (similar names are suggested), is a device, is inside data/sources/, is
            named ORIGIN.json, has a name that is not UTF-8, or must not be read; the folder contains data/sources/.
    """
    try:
        path = _located(given)
    except OSError as error:  # the name is too long, or a folder must not be entered
        what = f"the path cannot be read: {error.strerror}"
        raise DataError(what, where=str(given), hint="check the path and its permissions") from None
    if not path.is_file() and not path.is_dir():
        what = "the path is not a plain file"
        raise DataError(what, where=str(given), expected="one file of records", hint="copy the records into a file")
    root = root.resolve()
    if (root / "data/sources").is_relative_to(path.resolve()):
        hint = "give a folder that holds only the data"
        raise DataError("the folder contains data/sources/ of the project", where=str(given), hint=hint)
    if path.resolve().is_relative_to(root / "data/sources"):
        hint = "copy the file to another folder; `harness fetch` overwrites data/sources/"
        raise DataError("the file is inside data/sources/", where=str(given), hint=hint)
    if str(path).encode(errors="ignore").decode() != str(path):  # os.fsdecode turns such bytes into lone surrogates
        hint = "rename the file or its folder"
        raise DataError("the name of the file is not UTF-8", where=ascii(str(given)), hint=hint)
    if path.name == ORIGIN_FILE or (path / ORIGIN_FILE).exists():
        hint = "rename the file; `harness fetch` writes a file of this name into the same folder"
        raise DataError(f"the file is named {ORIGIN_FILE}", where=str(given), hint=hint)
    try:
        next(path.iterdir(), None) if path.is_dir() else path.open("rb").close()
    except OSError as error:
        what = f"the file cannot be read: {error.strerror}"
        raise DataError(what, where=str(given), hint="check its permissions") from None
    if path.is_relative_to(root):
        return OwnFile(path, path.relative_to(root).as_posix(), is_inside=True, is_folder=path.is_dir())
    return OwnFile(path, str(path), is_inside=False, is_folder=path.is_dir())


def _located(given: Path) -> Path:
    """The absolute path.

    Raises:
        DataError: the path does not exist.
        OSError: the path cannot be examined.
    """
    path = given.expanduser().absolute()
    path = path.parent.resolve() / path.name  # the folder is resolved, the file not: a link keeps its name
    if path.exists():
        return path
    if path.is_symlink():
        what = "the path is a link to a file that does not exist"
        raise DataError(what, where=str(given), expected=str(path.readlink()), hint="correct the link")
    raise DataError("the file does not exist", where=str(given), hint=_nearest(path))


def _nearest(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"the folder {folder} does not exist either"
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    near = difflib.get_close_matches(path.name, names, n=SUGGESTED, cutoff=0.5)
    if near:
        return "did you mean " + " or ".join(f'"{name}"' for name in near) + "?"
    return f"no file in {folder} has a similar name"
