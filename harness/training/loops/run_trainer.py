"""Run any trainer of transformers, trl or sentence-transformers, from a checkpoint if one is usable.

make_trainer(watcher) -> trainer.train() -> Outcome(steps, curve)
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from transformers import PrinterCallback, Trainer, TrainerCallback

from harness.runtime.progress import Progress
from harness.training.contract import TrainContext
from harness.training.loops.checkpoints import elapsed_seconds, steps_done, usable_checkpoint
from harness.training.loops.watcher import Watcher
from harness.training.training_curve import CurvePoint, curve_points


@dataclass(frozen=True)
class Outcome:
    """What a finished training reports."""

    steps: int
    """Optimiser steps."""
    curve: list[CurvePoint]


def run_trainer(
    make_trainer: Callable[[TrainerCallback], Trainer], *, steps: int, context: TrainContext, resumable: bool = True
) -> Outcome:
    """Train with the trainer that `make_trainer` builds around the given callback.

    `steps` is the number of optimiser steps of the whole training. `resumable=False` is for trainers that cannot
    continue from a checkpoint.

    Raises:
        RunFailed: the loss is not finite.
    """
    checkpoint = usable_checkpoint(context) if resumable else None
    if checkpoint:
        context.phases.add("train", elapsed_seconds(checkpoint))
        print(f"{context.label}: continuing from {checkpoint.name}", flush=True)
    done = steps_done(checkpoint) if checkpoint else 0
    resume = {"resume_from_checkpoint": str(checkpoint)} if checkpoint else {}
    with Progress(f"train {context.label}", total=steps, done=done) as progress, context.phases("train"):
        trainer = make_trainer(Watcher(context, progress, resumable=resumable))
        trainer.remove_callback(PrinterCallback)  # the progress line replaces it
        trainer.train(**resume)
    shutil.rmtree(context.checkpoints, ignore_errors=True)
    return Outcome(steps=trainer.state.global_step, curve=curve_points(trainer.state.log_history))
