"""The settings that all loops pass to a trainer of transformers, trl or sentence-transformers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

from harness.training.contract import TrainContext

if TYPE_CHECKING:
    from transformers import TrainingArguments

Arguments = TypeVar("Arguments", bound="TrainingArguments")

CURVE_POINTS = 40
"""Number of times that a trainer logs during a run, approximately: more would only make curve.csv larger."""


def optimizer_steps(context: TrainContext, *, examples: int) -> int:
    """Optimiser steps for the budget's passes over the examples; at least one."""
    settings = context.settings
    batch = settings.per_device_train_batch_size * settings.gradient_accumulation_steps
    return max(math.ceil(examples * context.budget.epochs / batch), 1)


def logging_steps(steps: int) -> int:
    """Steps between two log entries, so that a run of `steps` steps logs about `CURVE_POINTS` times."""
    return max(steps // CURVE_POINTS, 1)


def shared_arguments(context: TrainContext, *, steps: int) -> dict[str, Any]:
    """Keyword arguments for any subclass of transformers.TrainingArguments, for a training of `steps` steps.

    Pass the arguments made of them to `on_one_gpu`.
    """
    settings = context.settings
    return {
        "output_dir": str(context.checkpoints),
        "per_device_train_batch_size": settings.per_device_train_batch_size,
        "gradient_accumulation_steps": settings.gradient_accumulation_steps,
        "max_steps": steps,
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": settings.lr_scheduler_type,
        "warmup_steps": settings.warmup_steps if steps > 1 else 0,  # a single warm-up step would have the rate 0
        "weight_decay": settings.weight_decay,
        "max_grad_norm": settings.max_grad_norm,
        "optim": settings.optim,
        "activation_checkpointing": settings.activation_checkpointing,
        "seed": context.seed,
        "data_seed": context.seed,
        "bf16": context.device.training_precision == "mixed",  # autocast: weights keep the dtype that they have
        "torch_compile": settings.torch_compile,
        "use_cpu": context.device.kind == "cpu",
        "dataloader_pin_memory": context.device.kind == "cuda",
        "logging_steps": logging_steps(steps),
        "logging_nan_inf_filter": False,  # the watcher must see a NaN, so it may not be averaged away
        "save_strategy": "no",  # the watcher decides by the clock when to save
        "save_total_limit": 1,
        "report_to": [],
        "disable_tqdm": True,
    }


def on_one_gpu(arguments: Arguments) -> Arguments:
    """The same arguments for a trainer that uses one GPU, however many are visible.

    With several visible GPUs, transformers puts the model into DataParallel and multiplies the batch size by their
    number. The run would train on more examples than its budget, and its memory, energy and price would be those of
    one GPU only.
    """
    if arguments.n_gpu > 1:
        arguments._n_gpu = 1
    return arguments
