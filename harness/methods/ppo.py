"""PPO: reinforcement learning from human feedback, with a reward model."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pydantic import Field

from harness.errors import RunFailed
from harness.models.reward_model import RewardModel
from harness.training.contract import TrainContext
from harness.training.method_options import MethodOptions
from harness.training.policy_lm import PolicyLM
from harness.training.registry import get_method

if TYPE_CHECKING:
    from harness.training.loops.run_trainer import Outcome

PROBED_PROMPTS = 32
"""Prompts whose rewards must differ, or there is nothing to learn."""


class PPOOptions(MethodOptions):
    """How answers are written and how far the policy may go."""

    response_length: int = Field(default=16, ge=1)
    """Tokens that an answer may have."""
    temperature: float = Field(default=0.7, gt=0)
    """Of sampling while training."""
    kl_coef: float = Field(default=0.05, ge=0)
    """Reward that a nat of KL to the parent costs."""
    num_ppo_epochs: int = Field(default=4, ge=1)
    """Passes over the answers of a step."""
    missing_eos_penalty: float = Field(default=1.0, ge=0)
    """Reward that an answer loses that does not end."""
    max_kl: float = Field(default=50.0, gt=0)
    """Nats of KL per answer at which the training is stopped."""


class PPO(PolicyLM):
    """Proximal policy optimisation against a reward model (Ouyang et al. 2022, arXiv 2203.02155).

    What it optimises: the reward of the policy's own answers, minus the KL to its supervised parent.
    Data: prompts of `classify` or `answer`; answers are written while training. The reward model knows preferences.
    Cost: writing answers, four models' passes over them (policy, reference, reward, value) and several passes of
        gradients. The reference is the policy with its adapter off; reward and value model are copies of the base.
    Use it: when a reward model can judge answers that nobody wrote down.
    Not for: tasks with few right answers that can be checked; `rl/grpo` needs no reward model there.
    Related: `rl/grpo` checks answers by code; `preference/dpo` learns from pairs without a reward model.
    Parents: `model`, a supervised run, and `reward`, a reward model; `second_rater`, another one, for the report.
    Options: `response_length`, `temperature`, `kl_coef`, `num_ppo_epochs`, `missing_eos_penalty`, `max_kl`.
    Example: `python -m harness train rlhf/ppo --domain hs_products --seed 0`
    """

    parents = ("reward",)
    options_model = PPOOptions

    def answer_tokens(self, context: TrainContext) -> int:
        """See `PolicyLM.answer_tokens`."""
        return PPOOptions.of(context.recipe).response_length

    def fit(self, model: Any, tokenizer: Any, examples: Sequence[list[int]], context: TrainContext) -> Outcome:
        """Train policy and value model in place; the value model is forgotten afterwards.

        Raises:
            RunFailed: the reward does not depend on the answer, or as `run_ppo`.
        """
        from harness.training.loops.alignment.ppo_loop import run_ppo

        parent = context.parents["reward"]
        reward = get_method(parent.recipe.run.method).load(parent)
        if not isinstance(reward, RewardModel):
            raise RunFailed(f"refused: its parent {parent.recipe.id} is not a reward model")
        self._require_variance(reward, tokenizer, examples)
        options = PPOOptions.of(context.recipe)
        outcome = run_ppo(
            model,
            tokenizer,
            examples,
            reward_model=reward.model,
            value_model=self._value_model(reward, context),
            context=context,
            **options.model_dump(),
        )
        self.write_report(model, tokenizer, context)
        return outcome

    def _value_model(self, reward: RewardModel, context: TrainContext) -> Any:
        """The reward model with an adapter of its own that learns: the expected reward, at every token."""
        import peft

        config = peft.LoraConfig(task_type="SEQ_CLS", modules_to_save=["score"], **context.recipe.run.peft)
        return peft.get_peft_model(deepcopy(reward.model), config)

    def _require_variance(self, reward: RewardModel, tokenizer: Any, prompts: Sequence[list[int]]) -> None:
        """Different answers to the same prompts must have different rewards.

        Raises:
            RunFailed: all rewards are the same, or one is not a number.
        """
        import numpy as np

        end = tokenizer.eos_token_id
        answers = [[*prompt, token, end] for prompt in prompts[:PROBED_PROMPTS] for token in prompt[-2:]]
        rewards = reward.rewards([*answers, *([*prompt, end] for prompt in prompts[:PROBED_PROMPTS])])
        if not np.isfinite(rewards).all():
            raise RunFailed("refused: the reward model gives a reward that is not a number")
        if np.ptp(rewards) == 0:
            raise RunFailed(f"refused: the reward model gives every answer the reward {rewards[0]:g}")
