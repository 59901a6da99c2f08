"""Encoder-decoders such as T5: an encoder reads the prompt, and a decoder writes the answer."""

from __future__ import annotations

from typing import Any


def is_encoder_decoder(model: Any) -> bool:
    """Whether a transformers model, with an adapter or without, is an encoder-decoder."""
    return bool(getattr(getattr(model, "config", None), "is_encoder_decoder", False))


def decoder_start(model: Any) -> int | None:
    """The token that the decoder reads first; null for causal models, whose first input is the prompt."""
    if not is_encoder_decoder(model):
        return None
    settings = (getattr(model, "generation_config", None), model.config)
    known = [getattr(one, "decoder_start_token_id", None) for one in settings]
    start = next((token for token in known if token is not None), model.config.pad_token_id)
    return int(start)


def prompt_tokens(model: Any, tokenizer: Any, prompt: str) -> list[int]:
    """A rendered prompt as the model reads it.

    A chat template writes every special token that a causal model wants. An encoder gets those that its tokenizer
    adds, such as the end token without which T5 has seen no text.
    """
    ids: list[int] = tokenizer(prompt, add_special_tokens=is_encoder_decoder(model)).input_ids
    return ids
