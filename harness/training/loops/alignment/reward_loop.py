"""trl's reward trainer on pairs that are tokenised already.

Import this module only to train: it loads torch, transformers and trl.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from datasets import Dataset
from trl import RewardConfig, RewardTrainer

from harness.training.contract import TrainContext
from harness.training.lessons.preference_pairs import EncodedPair
from harness.training.loops.alignment.length_groups import in_length_groups
from harness.training.loops.alignment.tokenised import run_tokenised
from harness.training.loops.arguments import on_one_gpu, optimizer_steps, shared_arguments
from harness.training.loops.run_trainer import Outcome
from harness.training.refusals.library_refusal import library_refusal


class _TokenisedReward(RewardTrainer):  # type: ignore[misc]
    """Reads the tokens of `EncodedPair`: the trainer's own would end with the text after the end token."""

    def _prepare_dataset(self, dataset: Dataset, *args: Any, **kwargs: Any) -> Dataset:
        return dataset


def run_reward(model: Any, tokenizer: Any, pairs: Sequence[EncodedPair], *, context: TrainContext) -> Outcome:
    """Train in place: -log sigmoid(reward of chosen - reward of rejected). Continues from a usable checkpoint.

    Raises:
        RunFailed: the loss is not finite, or trl refuses the settings.
    """
    size = context.settings.per_device_train_batch_size
    ordered = in_length_groups(pairs, batch_size=size, seed=context.seed)
    dataset = Dataset.from_dict(
        {
            "chosen_ids": [pair.prompt + pair.chosen for pair in ordered],
            "rejected_ids": [pair.prompt + pair.rejected for pair in ordered],
        }
    )
    steps = optimizer_steps(context, examples=len(dataset))
    with library_refusal("trl"):
        arguments = on_one_gpu(
            RewardConfig(
                **shared_arguments(context, steps=steps),
                train_sampling_strategy="sequential",
                max_length=None,  # pairs are cut already; the trainer would leave long ones out
                pad_token=tokenizer.pad_token,
            )
        )

    return run_tokenised(_TokenisedReward, model, tokenizer, dataset, arguments=arguments, context=context)
