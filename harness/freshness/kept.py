"""Where outputs that are not here could come from: DVC's cache, or the default remote of the team."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from harness.errors import HarnessError

Place = Literal["cache", "remote"]


class Kept:
    """Asks DVC, which takes a second and, for a remote on another machine, a network. So it is asked only if needed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.note: str | None = None
        """Why the remote could not be asked; null if it could, or if there is none."""

    def places(self, md5s: Iterable[str]) -> dict[str, Place]:
        """Where each of the outputs is; those that are nowhere are left out.

        Raises:
            HarnessError: the folder is not a DVC repository.
        """
        from dvc.exceptions import DvcException
        from dvc.repo import Repo

        wanted = sorted(set(md5s))
        if not wanted:
            return {}
        try:
            with Repo(str(self.root)) as repo:
                found: dict[str, Place] = {md5: "cache" for md5 in wanted if _is_whole(repo.cache.local, md5)}
                lacking = [md5 for md5 in wanted if md5 not in found]
                return found | dict.fromkeys(self._in_remote(repo, lacking), "remote")
        except DvcException as error:
            raise HarnessError(f"DVC cannot open its cache: {error}", where=str(self.root)) from error

    def _in_remote(self, repo: Any, md5s: list[str]) -> list[str]:
        name = repo.config["core"].get("remote")
        if not name or not md5s:
            return []
        try:
            remote = repo.cloud.get_remote_odb()
            return [md5 for md5 in md5s if remote.exists(md5)]
        except Exception as error:  # every kind of remote has exceptions of its own, and the plan is worth showing
            self.note = f"the remote {name} could not be asked: {error}"
            return []


def _is_whole(cache: Any, md5: str) -> bool:
    """Whether the cache has the object and, if it is a folder, all files in it."""
    if not cache.exists(md5):
        return False
    if not md5.endswith(".dir"):
        return True
    entries = json.loads(Path(cache.oid_to_path(md5)).read_text(encoding="utf-8"))
    return all(cache.exists(entry["md5"]) for entry in entries)
