"""A project whose runs are written to another place, so that a repetition touches nothing that is published."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from harness.config.project import Project, RunKey


class Elsewhere(Project):
    """The project, with weights, records and checkpoints of some runs below another folder.

    Everything else (settings, data, base models, weights of other runs) is read where it is.
    """

    def __init__(self, root: Path, *, folder: Path, run_ids: Collection[str]) -> None:
        super().__init__(root)
        self._folder, self._run_ids = folder, frozenset(run_ids)

    def run_folder(self, key: RunKey) -> Path:
        """Weights of a run."""
        return self._folder / "runs" / key.id if key.id in self._run_ids else super().run_folder(key)

    def record_folder(self, key: RunKey) -> Path:
        """Records of a run."""
        return self._folder / "records" / key.id if key.id in self._run_ids else super().record_folder(key)

    def checkpoint_folder(self, key: RunKey) -> Path:
        """Checkpoints of a run: an interrupted training of the published run must not be continued."""
        return self._folder / "checkpoints" / key.id if key.id in self._run_ids else super().checkpoint_folder(key)
