"""Let a model write greedily: every token is the one that the model finds most likely.

Logits are computed in float32, as for likelihoods: in bfloat16 the likeliest tokens often tie.

The model's own generation settings (sampling, penalties, beams, forced or forbidden tokens) are set aside meanwhile, so
that every model writes by the same rule, and writes the same text again when it is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from transformers import GenerationConfig

from harness.models.encoder_decoder import decoder_start, is_encoder_decoder
from harness.models.encoding.batching import batches
from harness.models.encoding.encoded import EncodedPrompt
from harness.models.float32_logits import float32_logits
from harness.models.prefix import NOTHING, Prefix, common_prefix, read_prefix


@dataclass(frozen=True)
class Written:
    """The answer to one prompt."""

    text: str
    """Without special tokens, up to the model's end token or the first stop text; may be empty."""
    ended: bool
    """False: the limit of tokens was reached before the model ended its answer."""


def write_greedily(
    model: Any,
    tokenizer: Any,
    *,
    prompts: Sequence[EncodedPrompt],
    max_new_tokens: int,
    stops: Sequence[str] = (),
    batch_size: int,
    on_batch: Callable[[int], None] = lambda done: None,
) -> list[Written]:
    """One `Written` per prompt, in order.

    An answer ends at any token that ends a turn for the tokenizer or the model, or before one of the texts `stops`.
    Prompts of similar length share a batch, the longest first: if memory does not suffice, that shows at once. A prompt
    with further inputs (`EncodedPrompt.extra`) is a batch of its own. The beginning that all prompts have in common is
    read once. `on_batch` is called with the number of prompts
    that a batch finished.
    """
    results: dict[int, Written] = {}
    ends = end_tokens(model, tokenizer)
    padding = next(token for token in (tokenizer.pad_token_id, *ends, 0) if token is not None)
    config = GenerationConfig(
        do_sample=False,
        num_beams=1,
        max_new_tokens=max_new_tokens,
        eos_token_id=ends or None,
        pad_token_id=padding,
        use_cache=True,
        decoder_start_token_id=decoder_start(model),
    )
    order = sorted(range(len(prompts)), key=lambda place: (-len(prompts[place].tokens), place))
    with torch.inference_mode(), _only(model, config), float32_logits(model):
        shared = _shared_prefix(model, prompts)
        for places in batches(order, batch_size=batch_size, alone=lambda place: bool(prompts[place].extra)):
            asked = [prompts[place] for place in places]
            rows = _generate(model, asked, config=config, padding=padding, shared=shared)
            for place, row in zip(places, rows, strict=True):
                results[place] = _written(row, tokenizer, ends=ends, stops=stops)
            on_batch(len(places))
    return [results[place] for place in range(len(prompts))]


def end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """All tokens that end an answer: the tokenizer's end token, and those that the model's settings name."""
    found: set[int] = set()
    for owner in (tokenizer, getattr(model, "generation_config", None), getattr(model, "config", None)):
        token = getattr(owner, "eos_token_id", None)
        found |= set(token) if isinstance(token, list | tuple) else {token} if token is not None else set()
    return sorted(found)


def _shared_prefix(model: Any, prompts: Sequence[EncodedPrompt]) -> Prefix:
    """What all prompts begin with; empty where the model cannot continue from it, or where prompts hold more than text.

    At least one token of each prompt is left to read: its output predicts the first token of the answer.
    """
    if len(prompts) < 2 or any(prompt.extra for prompt in prompts):
        return NOTHING
    tokens = [prompt.tokens for prompt in prompts]
    return read_prefix(model, tokens[0][: min(common_prefix(tokens), min(map(len, tokens)) - 1)])


def _generate(
    model: Any, prompts: Sequence[EncodedPrompt], *, config: Any, padding: int, shared: Prefix
) -> list[list[int]]:
    """Each row is `shared beginning, padding, rest of the prompt`, so that all prompts end at the same place. Positions
    are counted over the mask, so the padding does not change them."""
    longest, begun = max(len(prompt.tokens) for prompt in prompts), shared.length
    ids = torch.full((len(prompts), longest), padding, dtype=torch.long)
    mask = torch.zeros(len(prompts), longest, dtype=torch.long)
    for row, prompt in enumerate(prompts):
        begin = longest - (len(prompt.tokens) - begun)
        for place, tokens in ((slice(0, begun), prompt.tokens[:begun]), (slice(begin, longest), prompt.tokens[begun:])):
            ids[row, place] = torch.tensor(tokens, dtype=torch.long)
            mask[row, place] = 1
    output = model.generate(
        input_ids=ids.to(model.device),
        attention_mask=mask.to(model.device),
        generation_config=config,
        **({"past_key_values": shared.cache(len(prompts))} if begun else {}),
        **prompts[0].extra,
    )
    # the output begins with what was read: the prompt or, for a decoder, its start token
    rows: list[list[int]] = output[:, 1 if is_encoder_decoder(model) else longest :].tolist()
    return rows


def _written(row: list[int], tokenizer: Any, *, ends: Sequence[int], stops: Sequence[str]) -> Written:
    end = next((place for place, token in enumerate(row) if token in ends), None)
    text = str(tokenizer.decode(row[:end], skip_special_tokens=True))
    cut = min((at for at in (text.find(stop) for stop in stops if stop) if at >= 0), default=None)
    return Written(text[:cut], ended=end is not None or cut is not None)


@contextmanager
def _only(model: Any, config: Any) -> Iterator[None]:
    """Generate by `config` alone: transformers would fill what it leaves open from the model's own settings."""
    owners = [model, *([model.get_base_model()] if hasattr(model, "get_base_model") else [])]
    own = [owner.generation_config for owner in owners]
    for owner in owners:
        owner.generation_config = config
    try:
        yield
    finally:
        for owner, settings in zip(owners, own, strict=True):
            owner.generation_config = settings
