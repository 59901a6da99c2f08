"""The log-likelihoods of continuations, computed the fast way where that gives the same numbers as the plain way.

The fast way computes what texts have in common once (`tree_likelihood`). Some architectures do not allow it: sliding
windows, no 4-D attention masks, encoder-decoders. Therefore both ways are computed for two continuations of the
shortest and of the longest prompt, and again when a longer prompt comes. A model that fails this check is scored the
plain way (`plain_likelihood`) from then on.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import RunFailed
from harness.models.encoding.encoded import EncodedChoices
from harness.models.loaded import LanguageModel
from harness.runtime.progress import Progress
from harness.scoring.likelihood.plain_likelihood import score_plainly
from harness.scoring.likelihood.token_logprobs import Scored
from harness.scoring.likelihood.tree_likelihood import Prompt, score_prompts

TOLERANCE = 1e-3
"""Largest difference between the two ways for a model in float32, in nats per token of the continuation."""

RELATIVE_TOLERANCE = 5e-4
"""What is allowed on top of it, as a share of the log-likelihood. A log-probability is a difference of logits, and the
rounding of these grows with their size, so unlikely continuations differ more. Learnt prefixes add to that: their keys
and values are larger than those of text, and a trained prefix was 0.0016 nats off. Where the fast way does not suit an
architecture, it is off by tenths of a nat."""

TOLERANCE_BFLOAT16 = 0.5
"""Largest difference in nats for a model in bfloat16, which keeps 8 bits: two orders of summation differ by far more
than in float32."""

CHECKED = 2
"""Continuations of each checked prompt that are computed both ways."""


@dataclass(frozen=True)
class Likelihoods:
    """What asking for continuations gave."""

    rows: list[list[Scored]]
    """Per question one (log-likelihood in nats, whether greedy decoding would write exactly this) per continuation."""
    truncated: int
    """Number of different prompts that were cut on the left to fit the model."""


def continuation_loglikelihoods(
    model: LanguageModel, asked: Sequence[EncodedChoices], *, batch_size: int, label: str
) -> Likelihoods:
    """The log-likelihood of every continuation, given its prompt.

    Questions with the same prompt are scored together. `batch_size`: prompts (the plain way: continuations) that go
    through the model at once. `label` names the work in progress lines and messages.

    Raises:
        RunFailed: a continuation or a prompt has no token, or a log-likelihood is not a number (NaN).
    """
    for one in asked:
        _require_tokens(one)
    groups: dict[Any, list[int]] = defaultdict(list)
    for place, one in enumerate(asked):
        groups[place if one.prompt.extra else one.prompt.tokens].append(place)
    prompts, truncated = [], 0
    for places in groups.values():
        prompt = asked[places[0]].prompt
        continuations = tuple(tokens for place in places for tokens in asked[place].continuations)
        cut = prompt.cut(model.encoding.prompt_room(model.max_length, answer=max(map(len, continuations))))
        truncated += cut is not prompt
        prompts.append(Prompt(cut.tokens, continuations, extra=prompt.extra))
    rows: list[list[Scored]] = [[] for _ in asked]
    for places, scored in zip(groups.values(), _scored(model, prompts, batch_size, label), strict=True):
        values = iter(scored)
        for place in places:
            rows[place] = [next(values) for _ in asked[place].continuations]
    _require_numbers(rows)
    return Likelihoods(rows, truncated)


def _scored(model: LanguageModel, prompts: Sequence[Prompt], batch_size: int, label: str) -> list[list[Scored]]:
    """By the fast way if the model allows it."""
    if _fast_way_holds(model, prompts, label):
        with Progress(f"score {label}", total=len(prompts)) as progress:
            return score_prompts(model.model, prompts, batch_size=batch_size, on_batch=progress.advance)
    with Progress(f"score {label}", total=sum(len(prompt.continuations) for prompt in prompts)) as progress:
        return score_plainly(model.model, prompts, batch_size=batch_size, on_batch=progress.advance)


def _fast_way_holds(model: LanguageModel, prompts: Sequence[Prompt], label: str) -> bool:
    """Whether both ways give the same numbers; remembered in `model.shares` up to the longest prompt checked."""
    if not model.encoding.shares_positions or any(prompt.extra for prompt in prompts):
        return False
    longest = max((len(prompt.tokens) for prompt in prompts), default=0)
    if model.shares and longest > model.shares_up_to:
        model.shares, model.shares_up_to = _agrees(model, prompts, label), longest
    return model.shares


def _agrees(model: LanguageModel, prompts: Sequence[Prompt], label: str) -> bool:
    # the shortest and the longest prompt in one batch, so that padding is checked as well
    order = sorted(range(len(prompts)), key=lambda place: len(prompts[place].tokens))
    ends = [prompts[place] for place in {order[0], order[-1]}]
    few = [Prompt(prompt.tokens, prompt.continuations[:CHECKED]) for prompt in ends]
    plain = score_plainly(model.model, few, batch_size=len(few))
    try:
        fast = score_prompts(model.model, few, batch_size=len(few))
    except (TypeError, ValueError, AttributeError) as error:  # an architecture without 4-D masks or caches
        print(f"{label}: one forward pass per continuation ({type(error).__name__}: {error})", flush=True)
        return False
    tokens = [continuation for prompt in few for continuation in prompt.continuations]
    values = zip(tokens, (one for row in plain for one in row), (one for row in fast for one in row), strict=True)
    in_float32 = _in_float32(model)
    for continuation, (one, _), (other, _) in values:
        allowed = tolerance(one, tokens=len(continuation)) if in_float32 else TOLERANCE_BFLOAT16
        if abs(one - other) > allowed:
            off = f"the fast way is {abs(one - other):.2g} nats off, at most {allowed:.2g} is rounding"
            print(f"{label}: one forward pass per continuation ({off})", flush=True)
            return False
    return True


def tolerance(loglikelihood: float, *, tokens: int) -> float:
    """How far the two ways may differ in float32, in nats, for a continuation of so many tokens."""
    return TOLERANCE * tokens + RELATIVE_TOLERANCE * abs(loglikelihood)


def _in_float32(model: LanguageModel) -> bool:
    import torch

    return bool(next(model.model.parameters()).dtype == torch.float32)


def _require_tokens(asked: EncodedChoices) -> None:
    shown = f"prompt {asked.prompt.text[-60:]!r}"
    for place, tokens in enumerate(asked.continuations):
        text = asked.texts[place] if asked.texts else None
        if text == "":
            raise RunFailed(f"an empty choice cannot be scored: {shown}")
        if not tokens:  # the tokenizer merged it into the prompt's last token
            raise RunFailed(f"the choice {text!r} has no token of its own: {shown}")
    if not asked.prompt.tokens:
        raise RunFailed(f"a prompt of blanks only cannot be answered: {shown}")


def _require_numbers(rows: Sequence[Sequence[Scored]]) -> None:
    values = [value for row in rows for value, _ in row]
    broken = sum(math.isnan(value) for value in values)
    if broken:
        raise RunFailed(f"{broken} of {len(values)} log-likelihoods are not numbers (NaN)")
