"""The beginning that all prompts of a batch share, run once: virtual tokens, system turn, few-shot examples.

Gradients pass through it, so that training steps can use it as scoring does.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from harness.models.encoder_decoder import is_encoder_decoder
from harness.models.encoding.encoded import Tokens


@dataclass(frozen=True)
class Prefix:
    """The shared beginning of a batch's prompts, as the keys and values that the model computed for it."""

    length: int = 0
    """Number of positions, including those of virtual tokens."""
    layers: tuple[tuple[Any, Any], ...] = ()
    """Keys and values of each layer, shape (1, heads, length, head size)."""

    def cache(self, rows: int) -> DynamicCache:
        """A key-value cache with this beginning for each of `rows` prompts."""
        cache = DynamicCache()
        for layer, (keys, values) in enumerate(self.layers):
            cache.update(keys.expand(rows, -1, -1, -1), values.expand(rows, -1, -1, -1), layer)
        return cache


NOTHING = Prefix()


def run_prefix(model: Any, tokens: Sequence[int]) -> Prefix:
    """Run the model's virtual tokens, if it has learnt some, followed by `tokens`.

    Raises:
        ValueError: the virtual tokens of this kind of prompt learning differ from prompt to prompt.
    """
    ids = torch.tensor([list(tokens)], dtype=torch.long, device=model.device)
    learnt: Any = getattr(model, "active_peft_config", None)
    if not getattr(learnt, "is_prompt_learning", False):
        return _read(model, NOTHING, input_ids=ids) if tokens else NOTHING
    kind = learnt.peft_type.value
    if kind == "PREFIX_TUNING":  # keys and values, without embeddings
        cache = model.get_prompt(batch_size=1)
        prefix = Prefix(learnt.num_virtual_tokens, tuple((layer.keys, layer.values) for layer in cache.layers))
        return _read(reader(model), prefix, input_ids=ids) if tokens else prefix
    if kind in ("PROMPT_TUNING", "P_TUNING"):
        words = model.word_embeddings(ids)
        virtual = model.get_prompt(batch_size=1).to(words.dtype)
        return _read(reader(model), NOTHING, inputs_embeds=torch.cat((virtual, words), dim=1))
    raise ValueError(f"virtual tokens of {kind} cannot be shared")


def reader(model: Any) -> Any:
    """The model that continues after the prefix: the base model where virtual tokens are in the prefix, else itself."""
    learnt = getattr(model, "active_peft_config", None)
    return model.get_base_model() if getattr(learnt, "is_prompt_learning", False) else model


def _read(model: Any, before: Prefix, **inputs: Any) -> Prefix:
    cache = model(past_key_values=before.cache(1), use_cache=True, logits_to_keep=1, **inputs).past_key_values
    return Prefix(cache.get_seq_length(), tuple((layer.keys, layer.values) for layer in cache.layers))


def read_prefix(model: Any, ids: Tokens) -> Prefix:
    """Run the tokens that all texts begin with; an empty prefix where the model cannot continue from them repeatedly.

    That is so for prompt learning, which puts its positions before the text; for models that do not keep plain keys and
    values of all places (sliding windows, states of fixed size); and for encoder-decoders.
    """
    learnt = getattr(model, "active_peft_config", None)
    if not ids or is_encoder_decoder(model) or getattr(learnt, "is_prompt_learning", False):
        return NOTHING
    read = torch.tensor([ids], device=model.device)
    cache = model(input_ids=read, use_cache=True, **last_logits(model, 1)).past_key_values
    if type(cache) is not DynamicCache or any(type(layer) is not DynamicLayer for layer in cache.layers):
        return NOTHING
    return Prefix(len(ids), tuple((layer.keys, layer.values) for layer in cache.layers))


def last_logits(model: Any, places: int) -> dict[str, int]:
    """The argument that limits logits to the last places, for models that have it."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    return {"logits_to_keep": places} if "logits_to_keep" in inspect.signature(inner.forward).parameters else {}


def common_prefix(sequences: Sequence[Tokens]) -> int:
    """Number of leading tokens that all sequences share."""
    if not sequences:
        return 0
    first, last = min(sequences), max(sequences)  # what these two share, all sequences between them share
    length = 0
    for a, b in zip(first, last, strict=False):
        if a != b:
            break
        length += 1
    return length
