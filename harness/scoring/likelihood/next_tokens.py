"""A language model beside its base: what each expects at every token of a given answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from harness.errors import RunFailed
from harness.models.float32_logits import float32_logits
from harness.models.prefix import common_prefix, read_prefix
from harness.scoring.likelihood.answer_logits import Solved, answer_logits

MAX_LOGITS = 2**24
"""Most logits that a batch may have per model: 64 MiB in float32. A text with more is a batch of its own."""


@dataclass(frozen=True)
class Compared:
    """Model and base on the tokens of one answer, each token given the prompt and the right tokens before it."""

    expected: tuple[int, ...]
    """The model's most likely token at each place; of equally likely ones the lowest id."""
    same: int
    """Number of places at which the base's most likely token is the same."""
    loglikelihood: float
    """Log-likelihood of the answer under the model, in nats."""
    base_loglikelihood: float
    """The same under the base."""
    kl: float
    """KL(base || model) in nats over the whole vocabulary, summed over the answer's tokens."""


def compare(
    model: Any,
    base: Any,
    texts: Sequence[Solved],
    *,
    batch_size: int,
    on_batch: Callable[[int], None] = lambda done: None,
) -> list[Compared]:
    """One `Compared` per text, in order. Both models get the same batches, so that equal models give equal numbers.

    Both are transformers models, causal ones or encoder-decoders, with a peft adapter or without, and read the same
    token ids. `on_batch` is called with the number of texts that a batch finished.

    Raises:
        RunFailed: the models have vocabularies of different sizes, or a likelihood is not finite.
    """
    results: dict[int, Compared] = {}
    if not texts:
        return []
    shared = min(common_prefix([text.ids for text in texts]), min(text.begin for text in texts))
    vocabulary = base.config.get_text_config().vocab_size
    with torch.inference_mode(), float32_logits(model), float32_logits(base):
        own_prefix, base_prefix = (read_prefix(one, texts[0].ids[:shared]) for one in (model, base))
        for places in _batches(texts, batch_size=batch_size, width=vocabulary):
            batch = [texts[place] for place in places]
            both = zip(answer_logits(model, batch, own_prefix), answer_logits(base, batch, base_prefix), strict=True)
            for place, (own, others) in zip(places, both, strict=True):
                results[place] = compare_logits(own, others, texts[place].ids[-texts[place].answer :])
            on_batch(len(places))
    return [results[place] for place in range(len(texts))]


def compare_logits(own: Any, others: Any, tokens: Sequence[int]) -> Compared:
    """Compare one answer by the logits of the model (`own`) and of the base (`others`), both (tokens, vocabulary).

    Raises:
        RunFailed: the vocabularies have different sizes, or a likelihood is not finite.
    """
    if own.shape != others.shape:
        raise RunFailed(
            f"the model's vocabulary has {own.shape[-1]} tokens and its base's has {others.shape[-1]}: they cannot be "
            "compared"
        )
    best = own.argmax(-1)
    same = int((best == others.argmax(-1)).sum())
    right = torch.tensor(list(tokens), device=own.device).unsqueeze(-1)
    # float32 is exact to 1e-6 nats and takes a tenth of the time of float64; only sums are computed in float64
    log_q, log_p = own.float().log_softmax(-1), others.float().log_softmax(-1)
    kl = (log_p.exp() * (log_p - log_q)).sum(-1, dtype=torch.float64)
    own_sum, base_sum = (float(table.gather(-1, right).double().sum()) for table in (log_q, log_p))
    # by rounding, the divergence at a place can come out slightly below zero
    divergence = float(kl.clamp(min=0).sum())
    if not all(map(math.isfinite, (own_sum, base_sum, divergence))):
        raise RunFailed("the model's likelihoods are not finite numbers")
    return Compared(tuple(best.tolist()), same, own_sum, base_sum, divergence)


def _batches(texts: Sequence[Solved], *, batch_size: int, width: int) -> Iterator[list[int]]:
    """Which texts share a batch, by their places: texts of similar length, the longest first, so that a lack of memory
    shows at once. `width`: number of logits per token.
    """
    order = sorted(range(len(texts)), key=lambda place: (-len(texts[place].ids), place))
    start = 0
    while start < len(order):
        longest = len(texts[order[start]].ids)
        size = max(min(batch_size, MAX_LOGITS // (longest * width)), 1)
        yield order[start : start + size]
        start += size
