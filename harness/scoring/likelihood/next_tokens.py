"""What two language models expect at every token of a text that is given to both.

The tokens that all prompts begin with (the system turn) are run once, and logits are computed only near the answers.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from harness.errors import RunFailed
from harness.models.encoder_decoder import decoder_start, is_encoder_decoder
from harness.models.prefix import NOTHING, Prefix
from harness.scoring.likelihood.token_tree import Tokens, common_prefix

MAX_LOGITS = 2**24
"""Logits of one model that a batch may have: 64 MiB in float32. A text with more is a batch of its own."""


@dataclass(frozen=True)
class Solved:
    """A prompt and its answer, as token ids."""

    ids: Tokens
    answer: int
    """How many of them are the answer's: the last ones. At least one, and at least one stands before them."""

    @property
    def begin(self) -> int:
        """Place of the token whose output predicts the answer's first."""
        return len(self.ids) - self.answer - 1


@dataclass(frozen=True)
class Compared:
    """A model beside a base on the tokens of one answer, given the prompt and the right tokens before each."""

    expected: tuple[int, ...]
    """The model's most likely token at each place; the lowest id of equals."""
    same: int
    """At how many places the base's most likely token is the same."""
    loglikelihood: float
    """Of the answer, in nats."""
    base_loglikelihood: float
    kl: float
    """KL(base || model) in nats, summed over the answer's tokens; over the whole vocabulary, not sampled."""


def compare(
    model: Any,
    base: Any,
    texts: Sequence[Solved],
    *,
    batch_size: int,
    on_batch: Callable[[int], None] = lambda done: None,
) -> list[Compared]:
    """One `Compared` per text, in order. Both models get the same batches, so that equal ones give equal numbers.

    Both are models of transformers, causal ones or encoder-decoders, with a peft adapter or without, that read the same
    token ids. `on_batch` hears how many texts each batch finished.

    Raises:
        RunFailed: the models know different numbers of tokens, or one gives no finite likelihoods.
    """
    results: dict[int, Compared] = {}
    if not texts:
        return []
    shared = min(common_prefix([text.ids for text in texts]), min(text.begin for text in texts))
    vocabulary = _inner(base).config.get_text_config().vocab_size
    with torch.inference_mode():
        own_prefix, base_prefix = (read_prefix(one, texts[0].ids[:shared]) for one in (model, base))
        for places in _batches(texts, batch_size=batch_size, width=vocabulary):
            batch = [texts[place] for place in places]
            both = zip(answer_logits(model, batch, own_prefix), answer_logits(base, batch, base_prefix), strict=True)
            for place, (own, others) in zip(places, both, strict=True):
                results[place] = compare_logits(own, others, texts[place].ids[-texts[place].answer :])
            on_batch(len(places))
    return [results[place] for place in range(len(texts))]


def compare_logits(own: Any, others: Any, tokens: Sequence[int]) -> Compared:
    """Of one answer: the logits of the model and of the base, shape (tokens, vocabulary) both.

    Raises:
        RunFailed: as `compare`.
    """
    if own.shape != others.shape:
        raise RunFailed(f"the model knows {own.shape[-1]} tokens and its base {others.shape[-1]}: nothing to compare")
    best = own.argmax(-1)
    same = int((best == others.argmax(-1)).sum())
    right = torch.tensor(list(tokens), device=own.device).unsqueeze(-1)
    # float32 keeps 1e-6 nats, a tenth of the time of float64; sums over the vocabulary are kept exact
    log_q, log_p = own.float().log_softmax(-1), others.float().log_softmax(-1)
    kl = (log_p.exp() * (log_p - log_q)).sum(-1, dtype=torch.float64)
    own_sum, base_sum = (float(table.gather(-1, right).double().sum()) for table in (log_q, log_p))
    # rounding can leave a place a hair below zero, which no divergence is
    divergence = float(kl.clamp(min=0).sum())
    if not all(map(math.isfinite, (own_sum, base_sum, divergence))):
        raise RunFailed("the model's likelihoods are not finite numbers")
    return Compared(tuple(best.tolist()), same, own_sum, base_sum, divergence)


def read_prefix(model: Any, ids: Tokens) -> Prefix:
    """Run what all texts begin with; an empty prefix where it cannot be gone on from at several texts.

    That is so for prompt learning, which puts its positions before the text, and for models that do not keep plain
    keys and values of all places (sliding windows, states of fixed size), or read the prompt in an encoder.
    """
    learnt = getattr(model, "active_peft_config", None)
    if not ids or is_encoder_decoder(model) or getattr(learnt, "is_prompt_learning", False):
        return NOTHING
    read = torch.tensor([ids], device=model.device)
    cache = model(input_ids=read, use_cache=True, **_keep(model, 1)).past_key_values
    if type(cache) is not DynamicCache or any(type(layer) is not DynamicLayer for layer in cache.layers):
        return NOTHING
    return Prefix(len(ids), tuple((layer.keys, layer.values) for layer in cache.layers))


def answer_logits(model: Any, batch: Sequence[Solved], prefix: Prefix = NOTHING) -> list[Any]:
    """Of every text the logits of the answer's tokens, shape (answer tokens, vocabulary).

    Padding stands on the right, where causal attention never looks. Places count from the end: prompt learning puts
    its own positions before the text's.
    """
    if is_encoder_decoder(model):
        return _decoder_logits(model, batch)
    ids, mask = _padded([text.ids for text in batch])
    longest = ids.shape[1]
    first = min(text.begin for text in batch)
    logits = model(
        input_ids=ids[:, prefix.length :].to(model.device),
        attention_mask=mask.to(model.device),
        **({"past_key_values": prefix.cache(len(batch))} if prefix.length else {}),
        **_keep(model, longest - first),
    ).logits[:, first - longest :]
    return [logits[row, text.begin - first :][: text.answer] for row, text in enumerate(batch)]


def _decoder_logits(model: Any, batch: Sequence[Solved]) -> list[Any]:
    """As `answer_logits`: the encoder reads the prompt, the decoder the answer's tokens, each after the one before."""
    prompts = _padded([text.ids[: -text.answer] for text in batch])
    answers = _padded([(decoder_start(model) or 0, *text.ids[-text.answer : -1]) for text in batch])
    logits = model(
        input_ids=prompts[0].to(model.device),
        attention_mask=prompts[1].to(model.device),
        decoder_input_ids=answers[0].to(model.device),  # padded on the right, where no earlier place looks
    ).logits
    return [logits[row, : text.answer] for row, text in enumerate(batch)]


def _padded(rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """Ids and mask, shape (rows, longest), with padding on the right."""
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros(len(rows), longest, dtype=torch.long)
    for row, tokens in enumerate(rows):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
    return ids, mask


def max_length(model: Any) -> int:
    """Tokens of text that the model reads, without the positions that prompt learning takes."""
    positions = getattr(_inner(model).config.get_text_config(), "max_position_embeddings", None)
    virtual = getattr(getattr(model, "active_peft_config", None), "num_virtual_tokens", None)
    return max((positions or 2048) - (virtual or 0), 2)


def _keep(model: Any, places: int) -> dict[str, int]:
    """Logits of the last places only, where the model can leave out the others."""
    return {"logits_to_keep": places} if "logits_to_keep" in inspect.signature(_inner(model).forward).parameters else {}


def _inner(model: Any) -> Any:
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def _batches(texts: Sequence[Solved], *, batch_size: int, width: int) -> Iterator[list[int]]:
    """Places of texts of similar length, the longest first: if memory does not suffice, that shows at once.

    `width`: numbers that a model gives per token.
    """
    order = sorted(range(len(texts)), key=lambda place: (-len(texts[place].ids), place))
    start = 0
    while start < len(order):
        longest = len(texts[order[start]].ids)
        size = max(min(batch_size, MAX_LOGITS // (longest * width)), 1)
        yield order[start : start + size]
        start += size
