"""Reinforcement learning of a language model: it answers prompts and learns from the rewards of its answers."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from harness.errors import RunFailed
from harness.items.rows import Question
from harness.models.loaded import LanguageModel
from harness.training.aligned_lm import AlignedLM
from harness.training.contract import TrainContext
from harness.training.supervised_lm import Encoded


class PolicyLM(AlignedLM):
    """Train a LoRA policy on prompts alone. A subclass says where rewards come from and which trainer runs (`fit`).

    The run in the role `model`, from which the policy starts, is the reference of the KL.
    """

    def examples(self, context: TrainContext, model: LanguageModel) -> Encoded:
        """The prompts of the budget's number of training items. Prompts that are too long are cut on the left.

        Raises:
            RunFailed: the domain has nothing to ask.
        """
        questions = context.rows(Question, self.views, "train")
        room = max(context.budget.max_length - self.answer_tokens(context), 1)
        prompts = [model.encode_prompt(question, view="") for question in questions]
        if not prompts:
            raise RunFailed("refused: there is no prompt to answer")
        cut = [prompt.cut(room) for prompt in prompts]
        return Encoded(
            [self.example(question, list(prompt.tokens)) for question, prompt in zip(questions, cut, strict=True)],
            tokens=sum(len(prompt.tokens) for prompt in cut),
            supervised_tokens=0,  # the loss is on answers that the policy writes while it trains
            truncated=sum(len(one.tokens) < len(prompt.tokens) for one, prompt in zip(cut, prompts, strict=True)),
        )

    def example(self, question: Question, prompt: list[int]) -> Any:
        """What `fit` receives for a question: by default the prompt's tokens."""
        return prompt

    @abstractmethod
    def answer_tokens(self, context: TrainContext) -> int:
        """Tokens that an answer may have."""
