"""The same loop for encoder-decoders: transformers' Trainer, as trl's SFTTrainer knows causal models only.

Imported only when something is trained.
"""

from __future__ import annotations

from typing import Any

from transformers import DataCollatorForSeq2Seq, Trainer, TrainerCallback, TrainingArguments

from harness.errors import RunFailed
from harness.training.contract import TrainContext
from harness.training.loops.sft_loop import Example, Outcome, as_dataset, run_loop, shared_arguments


def run_seq2seq(model: Any, tokenizer: Any, examples: list[Example], *, context: TrainContext) -> Outcome:
    """Train in place. Continues from a checkpoint of the same configuration if one was left.

    Raises:
        RunFailed: the loss is not a number, or the settings ask for kernels that there are not.
    """
    if context.settings.use_liger_kernel:
        raise RunFailed("refused: use_liger_kernel is for causal models")
    dataset = as_dataset(examples)
    arguments = TrainingArguments(**shared_arguments(context, examples=len(examples)))

    def trainer(watcher: TrainerCallback) -> Trainer:
        return Trainer(
            model=model,
            args=arguments,
            train_dataset=dataset,
            data_collator=DataCollatorForSeq2Seq(tokenizer, model=model),  # the decoder reads its labels, shifted
            processing_class=tokenizer,
            compute_loss_func=mean_loss,
            callbacks=[watcher],
        )

    return run_loop(trainer, model, steps=arguments.max_steps, context=context)


def mean_loss(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
    """Cross-entropy over the answers' tokens, in nats per token of the whole batch, accumulated parts included.

    The model's own loss is the mean of each part, in which a token counts for more where answers are short.
    """
    import torch

    logits = outputs.logits.float()
    total = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")
    return total / ((labels != -100).sum() if num_items_in_batch is None else num_items_in_batch)
