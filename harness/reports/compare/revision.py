"""Files of a commit, read with git."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from harness.errors import DataError
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.leaderboard_file import NAME


@dataclass(frozen=True)
class Revision:
    """A commit of the project."""

    root: Path
    name: str
    """What a user typed: a hash, a tag, `HEAD~3`."""

    def board(self) -> Leaderboard:
        """The board that was committed.

        Raises:
            DataError: git is missing or does not know the revision; it has no board that this version can read.
        """
        known = self._git("rev-parse", "--verify", "--quiet", f"{self.name}^{{commit}}")
        if known is None:
            raise DataError(f'git knows no commit "{self.name}"', where=str(self.root), hint="`git log` lists them")
        path = f"reports/{NAME}"
        content = self.file(path)
        if content is None:
            raise DataError(f"there is no board at {self.name}", where=path, hint="name a later commit")
        try:
            return Leaderboard.model_validate_json(content)
        except ValidationError as error:
            problem = error.errors()[0]
            raise DataError(
                f"the board at {self.name} is not one that this version can read: {problem['msg']}",
                where=f"{path}: {'.'.join(map(str, problem['loc']))}",
                hint="name a later commit",
            ) from None

    def file(self, path: str) -> bytes | None:
        """The content of a file below the project's root; null where the commit has no such file."""
        return self._git("show", f"{self.name}:./{path}")

    def _git(self, *arguments: str) -> bytes | None:
        try:
            done = subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, check=False)
        except FileNotFoundError:
            raise DataError("git is not installed", hint="older boards are read from git") from None
        return done.stdout if done.returncode == 0 else None
