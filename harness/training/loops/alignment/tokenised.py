"""Build a trainer of trl for examples that are tokenised already, and run it.

Import this module only to train: it loads transformers.
"""

from __future__ import annotations

from typing import Any

from datasets import Dataset
from transformers import Trainer, TrainerCallback, TrainingArguments

from harness.training.contract import TrainContext
from harness.training.loops.run_trainer import Outcome, run_trainer
from harness.training.refusals.library_refusal import library_refusal


def run_tokenised(
    kind: type[Trainer],
    model: Any,
    tokenizer: Any,
    dataset: Dataset,
    *,
    arguments: TrainingArguments,
    context: TrainContext,
) -> Outcome:
    """Train in place for `arguments.max_steps` steps. Continues from a usable checkpoint.

    Raises:
        RunFailed: the loss is not finite, or trl refuses the model or the settings.
    """

    def trainer(watcher: TrainerCallback) -> Trainer:
        with library_refusal("trl"):
            return kind(
                model=model,
                args=arguments,
                train_dataset=dataset,
                processing_class=tokenizer,
                callbacks=[watcher],
            )

    return run_trainer(trainer, steps=arguments.max_steps, context=context)
