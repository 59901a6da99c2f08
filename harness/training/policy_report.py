"""What became of a policy's own answers: distance to the parent, length, ends, right answers, rewards.

    validation prompts --> sampled answers of the policy and of its parent --> KL, length, ended, gold
                                          '--> each reward model --> rewards, wins

Import this module only to train: it loads torch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import torch

from harness.errors import DataError
from harness.models.loaded import LanguageModel
from harness.models.reward_model import RewardModel
from harness.records.raters import RATERS
from harness.training.contract import LoadContext, TrainContext
from harness.training.lessons.answer_rewards import gold
from harness.training.master_weights import as_trained
from harness.training.registry import get_method

PROMPTS = 32
"""Validation prompts that are answered: about fifteen seconds for two reward models on two cores."""
ANSWER_TOKENS = 24
"""Tokens that an answer may have."""
BATCH = 16
VIEWS = ("classify", "answer")
REWARD = "reward"
"""The role of the reward model that a policy learns from (PPO)."""


def policy_report(model: Any, tokenizer: Any, context: TrainContext) -> dict[str, Any]:
    """Facts for the record; empty if no domain has questions. `model` is a PeftModel: with its adapter off it is the
    parent.

    Answers are sampled at temperature 1, because that is the distribution which a KL and a reward are about. `kl`: nats
    per answer, the exact KL of the next token summed over the places of the policy's own answers. A win is a higher
    reward, or a right answer against a wrong one.
    """
    questions = [
        question
        for domain in context.domains
        if domain.main_view in VIEWS
        for question in domain.questions(domain.main_view or "", "validation", limit=PROMPTS // len(context.domains))
    ]
    if not questions:
        return {}
    reader = LanguageModel(model, tokenizer)
    room = max(context.budget.max_length - ANSWER_TOKENS, 1)
    prompts = [list(reader.encode_prompt(question, view="").cut(room).tokens) for question in questions]
    with _asked(model), as_trained(context.device), torch.inference_mode():
        own = sampled(model, prompts, end=tokenizer.eos_token_id)
        with model.disable_adapter():
            before = sampled(model, prompts, end=tokenizer.eos_token_id)
        kl = answer_kl(model, prompts, own)
    texts = [[str(tokenizer.decode(answer, skip_special_tokens=True)) for answer in side] for side in (own, before)]
    right = [[gold(question, text) for question, text in zip(questions, side, strict=True)] for side in texts]
    return {
        "prompts": len(prompts),
        "kl": _mean(kl),
        "length": _mean([len(answer) for answer in own]),
        "parent_length": _mean([len(answer) for answer in before]),
        "ended": _mean([answer[-1:] == [tokenizer.eos_token_id] for answer in own]),
        "parent_ended": _mean([answer[-1:] == [tokenizer.eos_token_id] for answer in before]),
        "gold": comparison(*right),
        "raters": _ratings(context, prompts, own, before),
    }


def comparison(own: Sequence[float], before: Sequence[float]) -> dict[str, Any]:
    """Means of both sides, and how often the policy's answer to a prompt is better or worse than its parent's."""
    pairs = list(zip(own, before, strict=True))
    return {
        "policy": _mean(own),
        "parent": _mean(before),
        "wins": sum(one > other for one, other in pairs),
        "losses": sum(one < other for one, other in pairs),
    }


def sampled(model: Any, prompts: Sequence[Sequence[int]], *, end: int, seed: int = 0) -> list[list[int]]:
    """An answer to each prompt, sampled at temperature 1; it ends with the end token unless it was cut off.

    The samples depend on the seed and the model alone.
    """
    random = torch.Generator(device=model.device).manual_seed(seed)
    answers: list[list[int]] = []
    for start in range(0, len(prompts), BATCH):
        batch = prompts[start : start + BATCH]
        ids, mask = _left_padded(batch, device=model.device)
        cache, written = None, torch.empty(len(batch), 0, dtype=torch.long, device=model.device)
        for _ in range(ANSWER_TOKENS):
            read = ids if cache is None else written[:, -1:]
            places = (mask.cumsum(1) - 1).clamp(min=0)[:, -read.shape[1] :]
            out = model(
                input_ids=read,
                attention_mask=mask,
                position_ids=places,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            cache = out.past_key_values
            token = torch.multinomial(out.logits[:, -1].float().softmax(-1), 1, generator=random)
            written = torch.cat([written, token], dim=1)
            mask = torch.cat([mask, torch.ones_like(token)], dim=1)
            if (written == end).any(1).all():
                break
        answers += [_up_to(row, end) for row in written.tolist()]
    return answers


def answer_kl(model: Any, prompts: Sequence[Sequence[int]], answers: Sequence[Sequence[int]]) -> list[float]:
    """KL(policy || parent) of each answer in nats: that of the next token, summed over the answer's tokens."""
    found: list[float] = []
    for start in range(0, len(prompts), BATCH):
        pairs = list(zip(prompts[start : start + BATCH], answers[start : start + BATCH], strict=True))
        ids, mask = _left_padded([[*prompt, *answer] for prompt, answer in pairs], device=model.device)
        keep = max(len(answer) for _, answer in pairs) + 1
        places = (mask.cumsum(1) - 1).clamp(min=0)
        sides = []
        for parent in (False, True):
            with model.disable_adapter() if parent else nullcontext():
                out = model(input_ids=ids, attention_mask=mask, position_ids=places, logits_to_keep=keep)
            sides.append(out.logits[:, :-1].float().log_softmax(-1))  # the last token predicts nothing that was written
        policy, reference = sides
        per_token = (policy.exp() * (policy - reference)).sum(-1)
        found += [float(row[len(row) - len(answer) :].sum()) for row, (_, answer) in zip(per_token, pairs, strict=True)]
    return found


def _ratings(
    context: TrainContext, prompts: Sequence[list[int]], own: Sequence[list[int]], before: Sequence[list[int]]
) -> list[dict[str, Any]]:
    """One entry per reward model that the recipe names: first the one that the policy learnt from."""
    named: dict[str, LoadContext] = {
        role: context.parents[role] for role in (REWARD, *RATERS) if role in context.parents
    }
    return [
        {"role": role, "recipe": parent.recipe.id, **comparison(*_rewards(parent, prompts, (own, before)))}
        for role, parent in named.items()
    ]


def _rewards(
    parent: LoadContext, prompts: Sequence[list[int]], sides: tuple[Sequence[list[int]], Sequence[list[int]]]
) -> tuple[list[float], list[float]]:
    model = get_method(parent.recipe.run.method).load(parent)
    if not isinstance(model, RewardModel):
        raise DataError(
            f"the run of {parent.recipe.id} is not a reward model",
            where="run.init of the recipe that names it as a rater",
            expected="a run of the method reward_model",
        )
    end = model.tokenizer.eos_token_id
    own, before = (
        [
            [*prompt, *answer, *([] if answer[-1:] == [end] else [end])]
            for prompt, answer in zip(prompts, side, strict=True)
        ]
        for side in sides
    )
    rewards = model.rewards([*own, *before]).tolist()
    return rewards[: len(own)], rewards[len(own) :]


@contextmanager
def _asked(model: Any) -> Iterator[None]:
    """Without dropout, with the cache of keys and values on."""
    training, caches = model.training, model.config.use_cache
    model.eval()
    model.config.use_cache = True
    try:
        yield
    finally:
        model.train(training)
        model.config.use_cache = caches


def _left_padded(rows: Sequence[Sequence[int]], *, device: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens and mask; every row ends in the last column."""
    width = max(map(len, rows))
    ids = torch.tensor([[0] * (width - len(row)) + list(row) for row in rows], device=device)
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows], device=device)
    return ids, mask


def _up_to(tokens: list[int], end: int) -> list[int]:
    return tokens[: tokens.index(end) + 1] if end in tokens else tokens


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
