"""The training loop: trl's SFTTrainer (`sharing_trainer.py`) with our batches, progress line, divergence check and
timed checkpoints.

Imported only when something is trained; it pulls in torch, transformers and trl.
"""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint
from trl import SFTConfig

from harness.errors import RunFailed
from harness.runtime.progress import Progress
from harness.training.contract import TrainContext
from harness.training.loops.attention import attention_for_training
from harness.training.loops.sharing_trainer import SharingTrainer
from harness.training.loops.virtual_token_checkpoint import LEARNT, learns_virtual_tokens, save_learnt

Example = tuple[list[int], list[int], bool]
"""input_ids, labels (-100 outside the answer), whether the prompt was cut."""

CURVE_POINTS = 40
"""At most about this many logged points per run."""


@dataclass(frozen=True)
class Outcome:
    """Steps taken and the logged curve."""

    steps: int
    curve: list[dict[str, float]]


def run_sft(model: Any, tokenizer: Any, examples: list[Example], *, context: TrainContext) -> Outcome:
    """Train in place. Continues from a checkpoint of the same configuration if one was left.

    Raises:
        RunFailed: the loss is not a number.
    """
    dataset, arguments = as_dataset(examples), training_arguments(context, examples=len(examples))

    def trainer(watcher: TrainerCallback) -> SharingTrainer:
        return SharingTrainer(
            model=model,
            args=arguments,
            train_dataset=dataset,
            processing_class=tokenizer,
            callbacks=[watcher],
        )

    return run_loop(trainer, model, steps=arguments.max_steps, context=context)


def as_dataset(examples: Sequence[Example]) -> Dataset:
    """As trainers read them."""
    return Dataset.from_dict({"input_ids": [e[0] for e in examples], "labels": [e[1] for e in examples]})


def run_loop(
    make_trainer: Callable[[TrainerCallback], Trainer], model: Any, *, steps: int, context: TrainContext
) -> Outcome:
    """Train `model` by the trainer that is made with our callback in it.

    Raises:
        RunFailed: the loss is not a number.
    """
    checkpoint = _usable_checkpoint(context)
    if checkpoint:
        context.phases.add("train", _read_elapsed(checkpoint))
        print(f"{context.label}: continuing from {checkpoint.name}", flush=True)
    done = int(checkpoint.name.rpartition("-")[2]) if checkpoint else 0
    with (
        Progress(f"train {context.label}", total=steps, done=done) as progress,
        context.phases("train"),
        attention_for_training(model, context.device),
    ):
        trainer = make_trainer(_Watcher(context, progress))
        trainer.remove_callback(PrinterCallback)  # the progress line says it
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    curve = [_point(entry) for entry in trainer.state.log_history if "loss" in entry]
    shutil.rmtree(context.checkpoints, ignore_errors=True)
    return Outcome(steps=trainer.state.global_step, curve=curve)


def training_arguments(context: TrainContext, *, examples: int) -> SFTConfig:
    """The recipe's settings as trl wants them; a pure function of context and number of examples.

    Raises:
        RunFailed: the settings ask for kernels that cannot run here.
    """
    settings = context.settings
    if settings.use_liger_kernel and (context.device.kind != "cuda" or not find_spec("liger_kernel")):
        raise RunFailed("refused: use_liger_kernel needs CUDA and the package liger-kernel")
    return SFTConfig(
        **shared_arguments(context, examples=examples),
        max_length=context.budget.max_length,
        dataset_kwargs={"skip_prepare_dataset": True},  # examples come tokenized and labelled
        loss_type="nll" if settings.use_liger_kernel else "chunked_nll",  # both give logits at labelled places only
        use_liger_kernel=settings.use_liger_kernel,
    )


def shared_arguments(context: TrainContext, *, examples: int) -> dict[str, Any]:
    """The settings that every trainer of transformers understands."""
    settings = context.settings
    batch = settings.per_device_train_batch_size * settings.gradient_accumulation_steps
    steps = max(math.ceil(examples * context.budget.epochs / batch), 1)
    return {
        "output_dir": str(context.checkpoints),
        "per_device_train_batch_size": settings.per_device_train_batch_size,
        "gradient_accumulation_steps": settings.gradient_accumulation_steps,
        "max_steps": steps,
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": settings.lr_scheduler_type,
        "warmup_steps": settings.warmup_steps if steps > 1 else 0,  # a single step in the warm-up would have rate 0
        "weight_decay": settings.weight_decay,
        "max_grad_norm": settings.max_grad_norm,
        "optim": settings.optim,
        "activation_checkpointing": settings.activation_checkpointing,
        "train_sampling_strategy": "group_by_length",  # less padding
        "seed": context.seed,
        "data_seed": context.seed,
        "bf16": context.device.training_precision != "float32",  # autocast: weights keep the type they are loaded in
        "torch_compile": settings.torch_compile,
        "use_cpu": context.device.kind == "cpu",
        "dataloader_pin_memory": context.device.kind == "cuda",
        "logging_steps": max(steps // CURVE_POINTS, 1),
        "logging_nan_inf_filter": False,  # a NaN must be seen, not averaged away
        "save_strategy": "no",  # _Watcher saves by the clock
        "save_total_limit": 1,
        "report_to": [],
        "disable_tqdm": True,
    }


class _Watcher(TrainerCallback):  # type: ignore[misc]
    """Progress, divergence and timed checkpoints, after every step."""

    def __init__(self, context: TrainContext, progress: Progress) -> None:
        self.context, self.progress = context, progress
        self.last_save = self.started = time.monotonic()
        self.before = context.phases.seconds.get("train", 0.0)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Loading the checkpoint is no training time."""
        self.started = self.last_save = time.monotonic()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Save if the interval has passed and work remains."""
        minutes = (time.monotonic() - self.last_save) / 60
        if minutes >= self.context.checkpoint_minutes and state.global_step < state.max_steps:
            control.should_save = True
            self.last_save = time.monotonic()
        self.progress.advance(1)

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: Any = None, **kwargs: Any
    ) -> None:
        """Remember what the checkpoint belongs to and how long it took to get there."""
        note = {
            "config": self.context.config_hash,
            "elapsed": self.before + time.monotonic() - self.started,
        }
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        if learns_virtual_tokens(model):
            save_learnt(model, folder / LEARNT)
        (folder / "harness.json").write_text(json.dumps(note))

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: Any = None, **kwargs: Any
    ) -> None:
        """Stop at the first loss that is not a number."""
        loss = (logs or {}).get("loss")
        if loss is None:
            return
        self.progress.advance(0, note=f"loss {float(loss):.3f}")
        if not math.isfinite(float(loss)):
            raise RunFailed(f"diverged: the loss became {float(loss)} at step {state.global_step}")


def _usable_checkpoint(context: TrainContext) -> Path | None:
    """The newest checkpoint if it is whole and of this very configuration; others are swept."""
    if not context.checkpoints.is_dir():
        return None
    newest = get_last_checkpoint(str(context.checkpoints))
    if newest:
        note = Path(newest) / "harness.json"
        if note.is_file() and json.loads(note.read_text()).get("config") == context.config_hash:
            return Path(newest)
    shutil.rmtree(context.checkpoints)
    return None


def _read_elapsed(checkpoint: Path) -> float:
    return float(json.loads((checkpoint / "harness.json").read_text())["elapsed"])


def _point(entry: dict[str, Any]) -> dict[str, float]:
    wanted = ("step", "epoch", "loss", "learning_rate", "grad_norm")
    return {name: float(entry[name]) for name in wanted if name in entry}
