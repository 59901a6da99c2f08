"""The md5 of files and folders, as DVC computes it. A file that did not change since the last call is not read again.

    file --> md5 of its bytes          folder --> md5 of the list of its files and their md5s, with the ending `.dir`

What `.dvcignore` names is left out of folders.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from harness.runtime.atomic_output import atomic_file

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MEMORY = ".dvc/tmp/harness-md5.json"
"""Path -> [size, time of change, inode, md5]. DVC's own .gitignore covers the folder."""

ALWAYS_IGNORED = (".git", ".hg/", ".dvc/")


class ContentHashes:
    """The md5 of paths below a project's root. Call `remember` at the end, so that the next process is fast."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known = _read_memory(root / MEMORY)
        self._changed = False
        self._done: dict[str, str | None] = {}

    def md5(self, path: str) -> str | None:
        """The md5 of a file or folder, given relative to the root; null if there is none."""
        if path not in self._done:
            place = self.root / path
            if place.is_dir():
                self._done[path] = self._of_folder(path)
            else:
                self._done[path] = self._of_file(path) if place.is_file() else None
        return self._done[path]

    def remember(self) -> None:
        """Write the md5s of files for the next call, if there are new ones and the project is a DVC repository."""
        target = self.root / MEMORY
        if self._changed and (self.root / ".dvc").is_dir():
            target.parent.mkdir(exist_ok=True)
            with atomic_file(target) as working:
                working.write_text(json.dumps(self._known), encoding="utf-8")

    def _of_folder(self, path: str) -> str:
        entries = [{"md5": self._of_file(f"{path}/{name}"), "relpath": name} for name in self._files(path)]
        text = json.dumps(sorted(entries, key=lambda entry: entry["relpath"]), sort_keys=True)
        return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest() + ".dir"

    def _of_file(self, path: str) -> str:
        place = self.root / path
        found = place.stat()
        stamp = [found.st_size, found.st_mtime_ns, found.st_ino]
        known = self._known.get(path)
        if known is not None and known[:3] == stamp:
            return str(known[3])
        with place.open("rb") as file:
            md5 = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        self._known[path] = [*stamp, md5]
        self._changed = True
        return md5

    def _files(self, path: str) -> Iterator[str]:
        """Names of all files below a folder, relative to it, without those that DVC ignores."""
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            with os.scandir(self.root / path / folder) as entries:
                for entry in entries:
                    name = f"{folder}{entry.name}"
                    is_folder = entry.is_dir()
                    if self._ignored.match_file(f"{path}/{name}{'/' if is_folder else ''}"):
                        continue
                    if is_folder:
                        waiting.append(f"{name}/")
                    else:
                        yield name

    @cached_property
    def _ignored(self) -> GitIgnoreSpec:
        from pathspec import GitIgnoreSpec

        path = self.root / ".dvcignore"
        own = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        return GitIgnoreSpec.from_lines([*ALWAYS_IGNORED, *own])


def _read_memory(path: Path) -> dict[str, list[int | str]]:
    """What an earlier call remembered; empty if it is missing or damaged, because all of it can be computed again."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
