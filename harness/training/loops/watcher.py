"""The one callback of all loops: progress line, stop at a diverged loss, checkpoints by the clock."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from harness.errors import RunFailed
from harness.runtime.progress import Progress
from harness.training.contract import TrainContext
from harness.training.loops.checkpoints import write_note


class Watcher(TrainerCallback):  # type: ignore[misc]
    """Works with every trainer that calls transformers' callbacks."""

    def __init__(self, context: TrainContext, progress: Progress, *, resumable: bool) -> None:
        """`resumable`: whether the trainer can continue from a checkpoint; if not, none is written."""
        self.context, self.progress, self.resumable = context, progress, resumable
        self.last_save = self.started = time.monotonic()
        self.before = context.phases.seconds.get("train", 0.0)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Start the clock: loading a checkpoint does not count as training time."""
        self.started = self.last_save = time.monotonic()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Advance the progress line; save if `checkpoint_minutes` have passed and steps remain."""
        minutes = (time.monotonic() - self.last_save) / 60
        if self.resumable and minutes >= self.context.checkpoint_minutes and state.global_step < state.max_steps:
            control.should_save = True
            self.last_save = time.monotonic()
        self.progress.advance(1)

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Complete the checkpoint with its configuration and its training time."""
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        elapsed = self.before + time.monotonic() - self.started
        write_note(folder, config_hash=self.context.config_hash, elapsed=elapsed)

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: Any = None, **kwargs: Any
    ) -> None:
        """Show the loss.

        Raises:
            RunFailed: a loss is not finite.
        """
        losses = {name: float(value) for name, value in (logs or {}).items() if _is_loss(name)}
        for value in losses.values():
            if not math.isfinite(value):
                raise RunFailed(f"diverged: the loss became {value} at step {state.global_step}")
        if losses:
            self.progress.advance(0, note=", ".join(f"{name} {value:.3f}" for name, value in losses.items()))


def _is_loss(name: str) -> bool:
    """`loss`, and `loss/policy_avg` and the like of trainers with several losses."""
    return name.partition("/")[0] == "loss"
