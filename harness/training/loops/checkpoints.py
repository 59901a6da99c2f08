"""Which checkpoint an interrupted training continues from."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from transformers.trainer_utils import get_last_checkpoint

from harness.training.contract import TrainContext

NOTE = "harness.json"
"""File that is written last into a checkpoint. A checkpoint without it was not written to the end."""


def write_note(checkpoint: Path, *, config_hash: str, elapsed: float) -> None:
    """Record which configuration the checkpoint belongs to and the seconds of training that led to it."""
    (checkpoint / NOTE).write_text(json.dumps({"config": config_hash, "elapsed": elapsed}))


def usable_checkpoint(context: TrainContext) -> Path | None:
    """The newest checkpoint if it is complete and of the same configuration; otherwise all of them are deleted."""
    if not context.checkpoints.is_dir():
        return None
    newest = get_last_checkpoint(str(context.checkpoints))
    if newest:
        note = Path(newest) / NOTE
        if note.is_file() and json.loads(note.read_text()).get("config") == context.config_hash:
            return Path(newest)
    shutil.rmtree(context.checkpoints)
    return None


def elapsed_seconds(checkpoint: Path) -> float:
    """Seconds of training that led to the checkpoint."""
    return float(json.loads((checkpoint / NOTE).read_text())["elapsed"])


def steps_done(checkpoint: Path) -> int:
    """Optimiser steps that led to the checkpoint, from its name `checkpoint-<steps>`."""
    return int(checkpoint.name.rpartition("-")[2])
