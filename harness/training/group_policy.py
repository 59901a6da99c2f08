"""Reinforcement learning from groups of answers to the same prompt, with rewards that code can check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, field_validator

from harness.errors import did_you_mean
from harness.items.rows import Question
from harness.training.adapters.reference_adapter import drop_reference
from harness.training.contract import TrainContext
from harness.training.lessons.answer_rewards import CHECKS, reward
from harness.training.method_options import MethodOptions
from harness.training.policy_lm import PolicyLM

if TYPE_CHECKING:
    from harness.training.loops.run_trainer import Outcome


class GroupOptions(MethodOptions):
    """How answers are written and rewarded."""

    rewards: dict[str, float] = Field(default={"gold": 1.0, "valid_label": 0.2}, min_length=1)
    """Check (`harness/training/lessons/answer_rewards.py`) -> weight. A small reward for any valid label lets a policy
    learn that never finds the right one."""
    num_generations: int = Field(default=4, ge=2)
    """Answers to each prompt."""
    max_completion_length: int = Field(default=12, ge=1)
    """Tokens that an answer may have."""
    temperature: float = Field(default=1.0, gt=0)
    """Of sampling while training."""
    beta: float = Field(default=0.04, ge=0)
    """Weight of the KL to the parent; trl's GRPO has 0 by default, which holds the policy to nothing."""

    @field_validator("rewards")
    @classmethod
    def _known(cls, rewards: dict[str, float]) -> dict[str, float]:
        for name in rewards:
            if name not in CHECKS:
                raise ValueError(f'there is no reward "{name}"; {did_you_mean(name, CHECKS)}')
        return rewards


class GroupPolicy(PolicyLM):
    """A policy that learns which of its own answers to a prompt were better than the others. A subclass names the
    trainer."""

    options_model = GroupOptions
    trainer: ClassVar[Literal["grpo", "rloo"]]

    def answer_tokens(self, context: TrainContext) -> int:
        """See `PolicyLM.answer_tokens`."""
        return GroupOptions.of(context.recipe).max_completion_length

    def example(self, question: Question, prompt: list[int]) -> Any:
        """The question with its prompt's tokens: the reward needs the right answer."""
        return question, prompt

    def fit(
        self, model: Any, tokenizer: Any, examples: Sequence[tuple[Question, list[int]]], context: TrainContext
    ) -> Outcome:
        """Train the policy in place, and remove the reference adapter.

        Raises:
            RunFailed: as `run_groups`.
        """
        from harness.training.loops.alignment.group_loop import run_groups

        options = GroupOptions.of(context.recipe)
        questions = [question for question, _ in examples]
        outcome = run_groups(
            self.trainer,
            model,
            tokenizer,
            [prompt for _, prompt in examples],
            reward=lambda place, answer: reward(questions[place], answer, options.rewards),
            context=context,
            **options.model_dump(exclude={"rewards"}),
        )
        drop_reference(model)
        self.write_report(model, tokenizer, context)
        return outcome
