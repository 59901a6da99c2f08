"""Runs into Weights & Biases, offline unless WANDB_MODE says otherwise; `wandb sync` uploads offline runs later."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from harness.measure.provenance import stable_hash
from harness.runtime.atomic_output import atomic_file
from harness.store.exports.run_rows import ID, Row
from harness.store.exports.trackers.contract import (
    CONTENT,
    has_failed,
    installed,
    labels_of,
    metrics_of,
    parameters_of,
)

NOTE = "harness.json"
"""File of ours in the folder of a run: run id and hash, because an offline run cannot be asked for them."""


class WandbRuns:
    """A project of Weights & Biases, with the folder `wandb` that its client writes on this machine.

    A run that changed gets the same id again, so that a server that has it goes on with it in place of a second one.

    Raises:
        ConfigError: wandb is not installed.
    """

    def __init__(self, folder: Path, *, project: str) -> None:
        self._wandb: Any = installed("wandb", called="Weights & Biases")
        self._folder, self._project = folder, project
        self._mode = os.environ.get("WANDB_MODE", "offline")

    def known(self) -> dict[str, str]:
        """Run id -> hash, of the runs that this folder holds for this project."""
        return {note["run_id"]: note[CONTENT] for _, note in self._notes()}

    def remove(self, run_id: str) -> None:
        """Delete the run's folder; what was uploaded stays, and the next run of this id replaces its summary."""
        for folder, note in list(self._notes()):
            if note["run_id"] == run_id:
                shutil.rmtree(folder)

    def write(self, row: Row, *, content: str) -> None:
        """Log one step with all metrics, under an id that any export gives this run."""
        run_id = str(row[ID])
        self._folder.mkdir(parents=True, exist_ok=True)
        run = self._wandb.init(
            project=self._project,
            dir=str(self._folder),
            mode=self._mode,
            id=wandb_id(run_id),
            name=run_id,
            group=str(row.get("family") or ""),
            resume="allow",
            config={"run_id": run_id, CONTENT: content} | labels_of(row) | parameters_of(row),
            settings=self._wandb.Settings(console="off", silent=True, x_disable_stats=True, disable_git=True),
        )
        folder = Path(run.dir).parent
        run.log(metrics_of(row))
        run.finish(exit_code=1 if has_failed(row) else 0)
        note = {"run_id": run_id, CONTENT: content, "project": self._project}
        with atomic_file(folder / NOTE) as working:
            working.write_text(json.dumps(note) + "\n", encoding="utf-8")

    def _notes(self) -> list[tuple[Path, dict[str, str]]]:
        """Folder and note of each run of this project, in the order in which they were written."""
        found = []
        for path in sorted(self._folder.glob(f"wandb/*run-*/{NOTE}")):
            note = json.loads(path.read_text(encoding="utf-8"))
            if note["project"] == self._project:
                found.append((path.parent, note))
        return found


def wandb_id(run_id: str) -> str:
    """The run id in the characters that wandb takes, and a hash, so that two run ids never become one."""
    return f"{re.sub(r'[^A-Za-z0-9_.-]', '-', run_id)[:100]}-{stable_hash(run_id)[:8]}"
