"""The loop that trains a dual encoder on pictures with captions.

Import this module only to train: it loads torch and transformers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import Trainer, TrainerCallback, TrainingArguments

from harness.models.picture_text.dual_encoder import DualEncoder
from harness.training.contract import TrainContext
from harness.training.loops.arguments import on_one_gpu, optimizer_steps, shared_arguments
from harness.training.loops.run_trainer import Outcome, run_trainer
from harness.training.loops.virtual_token_checkpoint import LEARNT, restore_learnt, save_learnt
from harness.training.refusals.library_refusal import library_refusal


@dataclass(frozen=True)
class Captioned:
    """A picture and the number of its caption; pictures with equal captions have the same number."""

    file: Path
    caption: int


def train_dual_encoder(
    dual: DualEncoder, pairs: Sequence[Captioned], captions: torch.Tensor, *, context: TrainContext
) -> Outcome:
    """Train in place what requires gradients. `captions`: vectors of the text tower, shape (captions, width).

    A last batch with fewer pictures than the others is left out, because it has fewer wrong captions. Continues from a
    usable checkpoint.

    Raises:
        RunFailed: the loss is not finite, or transformers refuses the settings.
    """
    steps = optimizer_steps(context, examples=len(pairs))
    batch = context.settings.per_device_train_batch_size

    def trainer(watcher: TrainerCallback) -> ClipTrainer:
        with library_refusal("transformers"):
            arguments = TrainingArguments(
                **shared_arguments(context, steps=steps),
                remove_unused_columns=False,
                dataloader_drop_last=len(pairs) >= batch,
            )
            return ClipTrainer(
                model=ContrastiveLoss(dual, captions),
                args=on_one_gpu(arguments),
                train_dataset=list(pairs),
                data_collator=lambda rows: _batch(dual, rows),
                callbacks=[watcher],
            )

    outcome = run_trainer(trainer, steps=steps, context=context)
    dual.eval()
    return outcome


class ContrastiveLoss(nn.Module):
    """A dual encoder in the form that transformers' trainer expects."""

    def __init__(self, dual: DualEncoder, captions: torch.Tensor) -> None:
        super().__init__()
        self.dual = dual
        self.register_buffer("captions", captions, persistent=False)

    def forward(self, pixels: torch.Tensor, caption: torch.Tensor) -> dict[str, torch.Tensor]:
        """The loss of a batch; `caption`: shape (batch,), numbers of captions."""
        different, place = torch.unique(caption, return_inverse=True)
        vectors = self.get_buffer("captions")[different]
        return {"loss": self.dual.loss(pixels, vectors, place)}


class ClipTrainer(Trainer):  # type: ignore[misc]
    """Its checkpoints hold what learns."""

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        folder = Path(output_dir or self.args.output_dir)
        folder.mkdir(parents=True, exist_ok=True)
        save_learnt(self.model, folder / LEARNT)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        restore_learnt(self.model, Path(resume_from_checkpoint) / LEARNT)


def _batch(dual: DualEncoder, rows: Sequence[Captioned]) -> Mapping[str, torch.Tensor]:
    return {
        "pixels": torch.stack([dual.tower.read(row.file) for row in rows]),
        "caption": torch.tensor([row.caption for row in rows]),
    }
