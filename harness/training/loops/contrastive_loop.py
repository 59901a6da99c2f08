"""The loop that trains a sentence encoder on texts that belong together: sentence-transformers' trainer.

    rows of anchor, positive (, negative) --> loss --> trainer

Import this module only to train: it loads torch and sentence-transformers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datasets import Dataset
from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments, losses
from sentence_transformers.training_args import BatchSamplers
from transformers import TrainerCallback

from harness.training.contract import TrainContext
from harness.training.lessons.anchors import LossName
from harness.training.loops.arguments import on_one_gpu, optimizer_steps, shared_arguments
from harness.training.loops.run_trainer import Outcome, run_trainer
from harness.training.refusals.library_refusal import library_refusal


def train_embeddings(
    model: Any,
    columns: Mapping[str, Sequence[Any]],
    *,
    loss: LossName,
    guide: Any | None = None,
    dimensions: Sequence[int] = (),
    context: TrainContext,
) -> Outcome:
    """Train a SentenceTransformer in place on the columns that `loss` reads, in their order.

    No batch holds the same text twice: another row's positive counts as a negative. `guide`: the frozen model that
    `gist` asks which negatives are none. `dimensions`: the loss is also computed on the first so many components, and
    summed (Matryoshka). Continues from a usable checkpoint.

    Raises:
        RunFailed: the loss is not finite, or the trainer refuses the settings.
    """
    dataset = Dataset.from_dict({name: list(values) for name, values in columns.items()})
    steps = optimizer_steps(context, examples=len(dataset))

    def trainer(watcher: TrainerCallback) -> SentenceTransformerTrainer:
        with library_refusal("sentence_transformers"):
            arguments = SentenceTransformerTrainingArguments(
                **shared_arguments(context, steps=steps), batch_sampler=BatchSamplers.NO_DUPLICATES
            )
            return SentenceTransformerTrainer(
                model=model,
                args=on_one_gpu(arguments),
                train_dataset=dataset,
                loss=_loss(model, loss, guide=guide, dimensions=dimensions),
                callbacks=[watcher],
            )

    outcome = run_trainer(trainer, steps=steps, context=context)
    model.eval()
    return outcome


def _loss(model: Any, name: LossName, *, guide: Any | None, dimensions: Sequence[int]) -> Any:
    made = {
        "mnrl": lambda: losses.MultipleNegativesRankingLoss(model),
        "gist": lambda: losses.GISTEmbedLoss(model, guide),
        "triplet": lambda: losses.TripletLoss(
            model, distance_metric=losses.TripletDistanceMetric.COSINE, triplet_margin=0.3
        ),
        "contrastive": lambda: losses.OnlineContrastiveLoss(model),
    }[name]()
    return losses.MatryoshkaLoss(model, made, matryoshka_dims=list(dimensions)) if dimensions else made
