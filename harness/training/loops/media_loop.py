"""The supervised loop of models that read files, in one stage or several.

Import this module only to train: it loads torch, transformers and trl.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from harness.models.encoding.encoded import Example
from harness.training.contract import TrainContext
from harness.training.loops.run_trainer import Outcome, run_trainer
from harness.training.loops.sft_loop import as_dataset, loss_type, training_arguments
from harness.training.loops.sharing_trainer import SharingTrainer
from harness.training.loops.virtual_token_checkpoint import LEARNT, restore_learnt, save_learnt
from harness.training.refusals.library_refusal import library_refusal
from harness.training.training_curve import CurvePoint


@dataclass(frozen=True)
class Stage:
    """One part of a training."""

    name: str
    examples: Sequence[Example]
    learns: Sequence[Any]
    """The parameters that learn in this stage."""
    epochs: float
    learning_rate: float


def run_stages(model: Any, tokenizer: Any, stages: Sequence[Stage], *, context: TrainContext) -> Outcome:
    """Train in place, stage after stage. Afterwards everything requires gradients that learnt in any stage.

    An interrupted stage continues from its checkpoint; stages before it are computed again.

    Raises:
        RunFailed: the loss is not finite, or trl refuses the settings.
    """
    curve: list[CurvePoint] = []
    steps = 0
    for stage in stages:
        _only(model, stage.learns)
        outcome = run_media_sft(model, tokenizer, stage.examples, context=_context(context, stage))
        curve += [replace(point, step=point.step + steps) for point in outcome.curve]
        steps += outcome.steps
    _only(model, [parameter for stage in stages for parameter in stage.learns])
    shutil.rmtree(context.checkpoints, ignore_errors=True)
    return Outcome(steps=steps, curve=curve)


def run_media_sft(model: Any, tokenizer: Any, examples: Sequence[Example], *, context: TrainContext) -> Outcome:
    """Train what requires gradients: cross-entropy of the labelled tokens. Continues from a usable checkpoint.

    Raises:
        RunFailed: the loss is not finite, or trl refuses the settings.
    """
    arguments = training_arguments(context, examples=len(examples), loss_type=loss_type(model, context))

    def trainer(watcher: TrainerCallback) -> LearntTrainer:
        with library_refusal("trl"):
            return LearntTrainer(
                model=model,
                args=arguments,
                train_dataset=as_dataset(examples),
                processing_class=tokenizer,
                callbacks=[watcher],
            )

    return run_trainer(trainer, steps=arguments.max_steps, context=context)


class LearntTrainer(SharingTrainer):
    """Its checkpoints hold what learns and nothing else: peft leaves out modules beside its adapter, and without peft
    the whole frozen model would be written."""

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        folder = Path(output_dir or self.args.output_dir)
        folder.mkdir(parents=True, exist_ok=True)
        save_learnt(self.model, folder / LEARNT)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        restore_learnt(self.model, Path(resume_from_checkpoint) / LEARNT)


def _only(model: Any, learns: Sequence[Any]) -> None:
    model.requires_grad_(False)
    for parameter in learns:
        parameter.requires_grad_(True)


def _context(context: TrainContext, stage: Stage) -> TrainContext:
    """The context with the rate, the passes and the checkpoints of a stage."""
    train = context.settings.model_copy(update={"learning_rate": stage.learning_rate})
    run = context.recipe.run.model_copy(update={"train": train})
    return replace(
        context,
        recipe=context.recipe.model_copy(update={"run": run}),
        budget=context.budget.model_copy(update={"epochs": stage.epochs}),
        checkpoints=context.checkpoints / stage.name,
        label=f"{context.label} ({stage.name})",
    )
