"""The training loop of sentence encoders: sentence-transformers' trainer with our progress line and divergence check.

Imported only when something is trained. For trainings of seconds to minutes: it writes no checkpoints.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from datasets import Dataset
from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.losses import CosineSimilarityLoss
from transformers import PrinterCallback, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from harness.errors import RunFailed
from harness.runtime.progress import Progress
from harness.training.contract import TrainContext
from harness.training.contrastive_pairs import TextPair

CURVE_POINTS = 40
"""At most about this many logged points per run."""


@dataclass(frozen=True)
class EncoderOutcome:
    """Steps taken and the logged curve."""

    steps: int
    curve: list[dict[str, float]]


def train_on_pairs(model: Any, pairs: Sequence[TextPair], *, context: TrainContext) -> EncoderOutcome:
    """Train a SentenceTransformer in place: mean squared error of the cosine of each pair's vectors.

    Raises:
        RunFailed: the loss is not a number.
    """
    columns = {
        "first": [pair.first for pair in pairs],
        "second": [pair.second for pair in pairs],
        "score": [pair.similarity for pair in pairs],
    }
    arguments = encoder_arguments(context, pairs=len(pairs))
    with Progress(f"train {context.label}", total=arguments.max_steps) as progress, context.phases("train"):
        trainer = SentenceTransformerTrainer(
            model=model,
            args=arguments,
            train_dataset=Dataset.from_dict(columns),
            loss=CosineSimilarityLoss(model),
            callbacks=[_Watcher(progress)],
        )
        trainer.remove_callback(PrinterCallback)  # the progress line says it
        trainer.train()
    model.eval()
    curve = [
        {name: float(value) for name, value in entry.items()} for entry in trainer.state.log_history if "loss" in entry
    ]
    return EncoderOutcome(steps=trainer.state.global_step, curve=curve)


def encoder_arguments(context: TrainContext, *, pairs: int) -> Any:
    """The recipe's settings as the trainer wants them; `budget.epochs` are passes over the pairs."""
    settings = context.settings
    batch = settings.per_device_train_batch_size * settings.gradient_accumulation_steps
    steps = max(math.ceil(pairs * context.budget.epochs / batch), 1)
    return SentenceTransformerTrainingArguments(
        output_dir=str(context.checkpoints),
        per_device_train_batch_size=settings.per_device_train_batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation_steps,
        max_steps=steps,
        learning_rate=settings.learning_rate,
        lr_scheduler_type=settings.lr_scheduler_type,
        warmup_steps=settings.warmup_steps if steps > 1 else 0,  # a single step in the warm-up would have rate 0
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        optim=settings.optim,
        torch_compile=settings.torch_compile,
        seed=context.seed,
        data_seed=context.seed,
        bf16=context.device.training_precision != "float32",
        use_cpu=context.device.kind == "cpu",
        dataloader_pin_memory=context.device.kind == "cuda",
        logging_steps=max(steps // CURVE_POINTS, 1),
        logging_nan_inf_filter=False,  # a NaN must be seen, not averaged away
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )


class _Watcher(TrainerCallback):  # type: ignore[misc]
    """Progress after every step; the end at the first loss that is not a number."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """One step is done."""
        self.progress.advance(1)

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: Any = None, **kwargs: Any
    ) -> None:
        """Show the loss, or stop."""
        loss = (logs or {}).get("loss")
        if loss is None:
            return
        self.progress.advance(0, note=f"loss {float(loss):.3f}")
        if not math.isfinite(float(loss)):
            raise RunFailed(f"diverged: the loss became {float(loss)} at step {state.global_step}")
