"""trl's GRPO and RLOO trainers: several answers to each prompt, compared with each other.

Import this module only to train: it loads torch, transformers and trl.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

from datasets import Dataset
from transformers import Trainer, TrainerCallback
from trl import GRPOConfig, GRPOTrainer, RLOOConfig, RLOOTrainer

from harness.errors import RunFailed
from harness.models.encoding.padding import pad_apart_from_end
from harness.training.contract import TrainContext
from harness.training.loops.arguments import on_one_gpu, shared_arguments
from harness.training.loops.run_trainer import Outcome, run_trainer
from harness.training.refusals.library_refusal import library_refusal


class _ByPlace:
    """Reads prompts that are tokenised already; the data set holds their places in `prompt_ids`."""

    prompt_ids: Sequence[list[int]]

    def _tokenize_prompts(self, prompts: list[str]) -> tuple[list[list[int]], None, dict[str, Any]]:
        return [list(self.prompt_ids[int(place)]) for place in prompts], None, {}


class _GRPO(_ByPlace, GRPOTrainer):  # type: ignore[misc]
    pass


class _RLOO(_ByPlace, RLOOTrainer):  # type: ignore[misc]
    pass


def run_groups(
    kind: Literal["grpo", "rloo"],
    policy: Any,
    tokenizer: Any,
    prompts: Sequence[list[int]],
    *,
    reward: Callable[[int, str], float],
    context: TrainContext,
    num_generations: int,
    max_completion_length: int,
    **settings: Any,
) -> Outcome:
    """Train the policy in place. `reward` gets the place of a prompt and an answer's text.

    A batch counts answers: `per_device_train_batch_size` must be a multiple of `num_generations`. `settings` go to
    trl's configuration.

    Raises:
        RunFailed: a loss is not finite, or the batch does not hold whole groups, or there are too few prompts for one.
    """
    train = context.settings
    batch = train.per_device_train_batch_size * train.gradient_accumulation_steps
    if batch % num_generations:
        raise RunFailed(f"refused: a batch of {batch} answers does not hold whole groups of {num_generations}")
    if len(prompts) < batch // num_generations:
        raise RunFailed(f"refused: a step takes {batch // num_generations} prompts, and there are {len(prompts)}")
    pad_apart_from_end(tokenizer)
    steps = math.ceil(len(prompts) * context.budget.epochs * num_generations / batch)
    trainer_class, config = (_GRPO, GRPOConfig) if kind == "grpo" else (_RLOO, RLOOConfig)
    with library_refusal("trl"):
        arguments = on_one_gpu(
            config(
                **shared_arguments(context, steps=steps),
                num_generations=num_generations,
                max_completion_length=max_completion_length,
                remove_unused_columns=False,
                **settings,
            )
        )

    def rewards(completions: Sequence[str], place: Sequence[int], **others: Any) -> list[float]:
        return [reward(of, text) for of, text in zip(place, completions, strict=True)]

    def trainer(watcher: TrainerCallback) -> Trainer:
        with library_refusal("trl"):
            made = trainer_class(
                model=policy,
                reward_funcs=rewards,
                args=arguments,
                train_dataset=Dataset.from_dict(
                    {"prompt": [str(place) for place in range(len(prompts))], "place": list(range(len(prompts)))}
                ),
                processing_class=tokenizer,
                callbacks=[watcher],
            )
        made.prompt_ids = prompts
        return made

    return run_trainer(trainer, steps=steps, context=context, resumable=False)
