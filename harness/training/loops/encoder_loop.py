"""The loop that trains a sentence encoder on pairs: sentence-transformers' trainer.

Import this module only to train: it loads torch and sentence-transformers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from datasets import Dataset
from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.losses import CosineSimilarityLoss
from transformers import TrainerCallback

from harness.training.contract import TrainContext
from harness.training.lessons.contrastive_pairs import TextPair
from harness.training.loops.arguments import on_one_gpu, optimizer_steps, shared_arguments
from harness.training.loops.run_trainer import Outcome, run_trainer
from harness.training.refusals.library_refusal import library_refusal


def train_on_pairs(model: Any, pairs: Sequence[TextPair], *, context: TrainContext) -> Outcome:
    """Train a SentenceTransformer in place: mean squared error of the cosine similarity of each pair.

    `budget.epochs` counts passes over the pairs. Continues from a usable checkpoint.

    Raises:
        RunFailed: the loss is not finite, or the trainer refuses the settings.
    """
    columns = {
        "first": [pair.first for pair in pairs],
        "second": [pair.second for pair in pairs],
        "score": [pair.similarity for pair in pairs],
    }
    steps = optimizer_steps(context, examples=len(pairs))

    def trainer(watcher: TrainerCallback) -> SentenceTransformerTrainer:
        with library_refusal("sentence_transformers"):
            return SentenceTransformerTrainer(
                model=model,
                args=on_one_gpu(SentenceTransformerTrainingArguments(**shared_arguments(context, steps=steps))),
                train_dataset=Dataset.from_dict(columns),
                loss=CosineSimilarityLoss(model),
                callbacks=[watcher],
            )

    outcome = run_trainer(trainer, steps=steps, context=context)
    model.eval()
    return outcome
