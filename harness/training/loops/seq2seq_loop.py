"""The supervised loop of encoder-decoders: transformers' Trainer, because trl's SFTTrainer knows causal models only.

Import this module only to train: it loads torch and transformers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transformers import DataCollatorForSeq2Seq, Trainer, TrainerCallback, TrainingArguments

from harness.errors import RunFailed
from harness.models.encoding.encoded import Example
from harness.training.contract import TrainContext
from harness.training.loops.arguments import on_one_gpu, optimizer_steps, shared_arguments
from harness.training.loops.run_trainer import Outcome, run_trainer
from harness.training.loops.sft_loop import as_dataset
from harness.training.refusals.library_refusal import library_refusal


def run_seq2seq(model: Any, tokenizer: Any, examples: Sequence[Example], *, context: TrainContext) -> Outcome:
    """Train in place: cross-entropy of the answer's tokens. Continues from a usable checkpoint.

    Raises:
        RunFailed: the loss is not finite, the recipe sets `use_liger_kernel`, or transformers refuses the settings.
    """
    if context.settings.use_liger_kernel:
        raise RunFailed("refused: use_liger_kernel is for causal models")
    dataset = as_dataset(examples)
    steps = optimizer_steps(context, examples=len(examples))

    def trainer(watcher: TrainerCallback) -> Trainer:
        with library_refusal("transformers"):
            return Trainer(
                model=model,
                args=on_one_gpu(
                    TrainingArguments(
                        **shared_arguments(context, steps=steps),
                        train_sampling_strategy="group_by_length",  # less padding
                    )
                ),
                train_dataset=dataset,
                data_collator=DataCollatorForSeq2Seq(tokenizer, model=model),  # shifts labels for the decoder
                processing_class=tokenizer,
                compute_loss_func=mean_loss,
                callbacks=[watcher],
            )

    return run_trainer(trainer, steps=steps, context=context)


def mean_loss(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
    """Cross-entropy of the answers' tokens, in nats per token of the whole batch, accumulated parts included.

    The model's own loss is the mean over each accumulated part; there a token weighs more where answers are short.
    """
    import torch

    logits = outputs.logits.float()
    total = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")
    return total / ((labels != -100).sum() if num_items_in_batch is None else num_items_in_batch)
