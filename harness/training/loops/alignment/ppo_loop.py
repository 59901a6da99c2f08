"""trl's PPO trainer: a policy, the model that it starts from as reference, a reward model and a value model.

Import this module only to train: it loads torch, transformers and trl.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import Any

os.environ["TRL_EXPERIMENTAL_SILENCE"] = "1"  # the experimental trainers are pinned; their warning says nothing new

from datasets import Dataset
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl.experimental.ppo import PPOConfig, PPOTrainer

from harness.errors import RunFailed
from harness.models.encoding.padding import pad_apart_from_end
from harness.training.contract import TrainContext
from harness.training.loops.arguments import on_one_gpu, shared_arguments
from harness.training.loops.run_trainer import Outcome, run_trainer
from harness.training.refusals.library_refusal import library_refusal


class PolicyGuard(TrainerCallback):  # type: ignore[misc]
    """Stops a policy that runs away from the model that it started from."""

    def __init__(self, *, kl: str, limit: float) -> None:
        """`kl`: name under which the trainer logs the KL; `limit`: largest mean KL of an answer, in nats."""
        self.kl, self.limit = kl, limit

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: Any = None, **kwargs: Any
    ) -> None:
        """Compare the logged KL with the limit.

        Raises:
            RunFailed: it is above the limit, or not finite.
        """
        found = (logs or {}).get(self.kl)
        if found is None:
            return
        if not math.isfinite(found):
            raise RunFailed(f"diverged: the KL to the parent became {found} at step {state.global_step}")
        if found > self.limit:
            raise RunFailed(
                f"stopped early: the KL to the parent reached {found:.1f} nats an answer at step {state.global_step}, "
                f"more than the limit of {self.limit:g}"
            )


def run_ppo(
    policy: Any,
    tokenizer: Any,
    prompts: Sequence[Sequence[int]],
    *,
    reward_model: Any,
    value_model: Any,
    context: TrainContext,
    max_kl: float,
    **settings: Any,
) -> Outcome:
    """Train policy and value model in place. One step is one batch of prompts; each is answered once.

    `policy` must be a PeftModel: with its adapter off it is the reference. `settings` go to trl's PPOConfig. The
    trainer cannot continue from a checkpoint.

    Raises:
        RunFailed: a loss is not finite, the KL exceeds `max_kl`, trl refuses the settings, or there are fewer prompts
            than a batch holds, for which the trainer would wait without end.
    """
    train = context.settings
    batch = train.per_device_train_batch_size * train.gradient_accumulation_steps
    if len(prompts) < batch:
        raise RunFailed(f"refused: a step takes {batch} prompts, and there are {len(prompts)}")
    steps = math.ceil(len(prompts) * context.budget.epochs / batch)
    pad_apart_from_end(tokenizer)
    tokenizer.padding_side = "left"
    with library_refusal("trl"):
        arguments = on_one_gpu(
            PPOConfig(
                **shared_arguments(context, steps=steps),
                total_episodes=steps * batch,
                num_sample_generations=0,
                local_rollout_forward_batch_size=train.per_device_train_batch_size,
                stop_token="eos",
                **settings,
            )
        )

    def trainer(watcher: TrainerCallback) -> PPOTrainer:
        with library_refusal("trl"):
            return PPOTrainer(
                args=arguments,
                processing_class=tokenizer,
                model=policy,
                ref_model=None,
                reward_model=reward_model,
                value_model=value_model,
                train_dataset=Dataset.from_dict({"input_ids": [list(one) for one in prompts]}),
                callbacks=[watcher, PolicyGuard(kl="objective/kl", limit=max_kl)],
            )

    return run_trainer(trainer, steps=steps, context=context, resumable=False)
