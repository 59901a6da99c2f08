"""The loop of `heads`: a shared encoder and one linear head per task, by sentence-transformers' trainer.

    rows of task a -> shared encoder -> head a -> cross-entropy
    rows of task b -> shared encoder -> head b -> cross-entropy

Every batch holds rows of one task. An epoch trains every row once, with the batches of all tasks in random order
(MT-DNN, algorithm 1).

The trainer's optimiser holds the parameters of all losses, and so the heads' weights. It clips the gradients of the
encoder only, and the logged `grad_norm` is the encoder's.

Import this module only to train: it loads torch and sentence-transformers.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.training_args import MultiDatasetBatchSamplers
from transformers import TrainerCallback

from harness.models.task_heads import WEIGHTS, TaskHeads, mean_of_states
from harness.training.contract import TrainContext
from harness.training.lessons.lesson import Lesson
from harness.training.loops.arguments import on_one_gpu, shared_arguments
from harness.training.loops.run_trainer import Outcome, run_trainer
from harness.training.refusals.library_refusal import library_refusal


def fit_heads(model: TaskHeads, lessons: Sequence[Lesson], *, context: TrainContext) -> Outcome:
    """Train encoder and heads in place. Continues from a usable checkpoint.

    Raises:
        RunFailed: the loss is not finite, or the trainer refuses the settings.
    """
    steps = steps_of_all_tasks(Counter(lesson.task for lesson in lessons), context=context)

    def trainer(watcher: TrainerCallback) -> HeadsTrainer:
        with library_refusal("sentence_transformers"):
            arguments = SentenceTransformerTrainingArguments(
                **shared_arguments(context, steps=steps),
                multi_dataset_batch_sampler=MultiDatasetBatchSamplers.PROPORTIONAL,
            )
            return HeadsTrainer(model, lessons, arguments=on_one_gpu(arguments), watcher=watcher)

    outcome = run_trainer(trainer, steps=steps, context=context)
    model.encoder.eval()
    return outcome


def steps_of_all_tasks(rows_by_task: Mapping[str, int], *, context: TrainContext) -> int:
    """Optimiser steps for the budget's passes over all rows, when every batch holds rows of one task; at least one."""
    settings = context.settings
    batches = sum(math.ceil(rows / settings.per_device_train_batch_size) for rows in rows_by_task.values())
    return max(math.ceil(batches * context.budget.epochs / settings.gradient_accumulation_steps), 1)


class HeadLoss(torch.nn.Module):
    """Cross-entropy of one task's answers, in the form that sentence-transformers expects of a loss."""

    def __init__(self, encoder: Any, head: torch.nn.Module) -> None:
        """Hold the shared encoder, under the name that the trainer looks for, and the task's head."""
        super().__init__()
        self.model, self.head = encoder, head

    def forward(self, sentence_features: Sequence[dict[str, Any]], labels: torch.Tensor) -> torch.Tensor:
        """The loss of a batch of one text column; `labels`: shape (batch,), places of the answers in the head."""
        (features,) = sentence_features
        return torch.nn.functional.cross_entropy(self.head(mean_of_states(self.model(features))).float(), labels)


class HeadsTrainer(SentenceTransformerTrainer):  # type: ignore[misc]
    """Trains all tasks at once; its checkpoints also hold the heads."""

    def __init__(
        self,
        model: TaskHeads,
        lessons: Sequence[Lesson],
        *,
        arguments: SentenceTransformerTrainingArguments,
        watcher: TrainerCallback,
    ) -> None:
        """One dataset and one loss for each task of the lessons."""
        self.task_heads = model
        super().__init__(
            model=model.encoder,
            args=arguments,
            train_dataset=datasets_by_task(lessons, model.labels),
            loss={task: HeadLoss(model.encoder, head) for task, head in model.layers.items()},
            callbacks=[watcher],
        )

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        super()._save(output_dir, state_dict)
        self.task_heads.save_layers(Path(output_dir or self.args.output_dir) / WEIGHTS)

    def _load_from_checkpoint(self, checkpoint_path: str) -> None:
        super()._load_from_checkpoint(checkpoint_path)
        self.task_heads.load_layers(Path(checkpoint_path) / WEIGHTS)


def datasets_by_task(lessons: Sequence[Lesson], labels: Mapping[str, Sequence[str]]) -> dict[str, Dataset]:
    """Task -> its rows, each a text and the place of its answer among the task's `labels`."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for lesson in lessons:
        place = labels[lesson.task].index(lesson.question.answer)
        rows[lesson.task].append({"text": lesson.question.text, "label": place})
    return {task: Dataset.from_list(found) for task, found in rows.items()}
