"""The supervised loop of causal models: trl's SFTTrainer (`sharing_trainer.py`) on tokenised examples.

Import this module only to train: it loads torch, transformers and trl.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from datasets import Dataset
from transformers import TrainerCallback
from trl import SFTConfig

from harness.errors import RunFailed
from harness.models.encoding.encoded import Example
from harness.training.contract import TrainContext
from harness.training.loops.arguments import on_one_gpu, optimizer_steps, shared_arguments
from harness.training.loops.run_trainer import Outcome, run_trainer
from harness.training.loops.sharing_trainer import SharingTrainer
from harness.training.refusals.library_refusal import library_refusal


def run_sft(
    model: Any,
    tokenizer: Any,
    examples: Sequence[Example],
    *,
    context: TrainContext,
    penalty: Callable[[], Any] | None = None,
) -> Outcome:
    """Train in place: cross-entropy of the labelled tokens. Continues from a usable checkpoint.

    `penalty` gives a term that is added to the loss of every batch.

    Raises:
        RunFailed: the loss is not finite, or trl refuses the settings.
    """
    dataset = as_dataset(examples)
    arguments = training_arguments(context, examples=len(examples), loss_type=loss_type(model, context))

    def trainer(watcher: TrainerCallback) -> SharingTrainer:
        with library_refusal("trl"):
            made = SharingTrainer(
                model=model,
                args=arguments,
                train_dataset=dataset,
                processing_class=tokenizer,
                callbacks=[watcher],
            )
        made.penalty = penalty
        return made

    return run_trainer(trainer, steps=arguments.max_steps, context=context)


def as_dataset(examples: Sequence[Example]) -> Dataset:
    """The columns that trainers read: input_ids and labels."""
    return Dataset.from_dict(
        {"input_ids": [one.input_ids for one in examples], "labels": [one.labels for one in examples]}
    )


def training_arguments(context: TrainContext, *, examples: int, loss_type: str) -> SFTConfig:
    """The recipe's settings in trl's form.

    Raises:
        RunFailed: the settings ask for kernels that cannot run here, or trl refuses them.
    """
    settings = context.settings
    if settings.use_liger_kernel and (context.device.kind != "cuda" or not find_spec("liger_kernel")):
        raise RunFailed("refused: use_liger_kernel needs CUDA and the package liger-kernel")
    with library_refusal("trl"):
        arguments = SFTConfig(
            **shared_arguments(context, steps=optimizer_steps(context, examples=examples)),
            train_sampling_strategy="group_by_length",  # less padding
            max_length=context.budget.max_length,
            dataset_kwargs={"skip_prepare_dataset": True},  # examples are already tokenised and labelled
            loss_type=loss_type,
            use_liger_kernel=settings.use_liger_kernel,
        )
    return on_one_gpu(arguments)


def loss_type(model: Any, context: TrainContext) -> str:
    """trl's name of the loss for this model.

    `chunked_nll` computes logits at labelled positions only, and so does `nll` with Liger's kernels. `chunked_nll`
    reads the output layer's own weight, so trl refuses it where an adapter wraps that layer: such a model trains with
    plain `nll`, the same loss with more memory.
    """
    return "nll" if context.settings.use_liger_kernel or _output_layer_is_wrapped(model) else "chunked_nll"


def _output_layer_is_wrapped(model: Any) -> bool:
    from peft.tuners.tuners_utils import BaseTunerLayer

    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    return isinstance(inner.get_output_embeddings(), BaseTunerLayer)
