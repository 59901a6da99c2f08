"""Encoder-decoders such as T5: an encoder reads the prompt, and a decoder writes the answer."""

from __future__ import annotations

from typing import Any

from harness.models.encoding.text_encoding import CausalEncoding, EncoderDecoderEncoding


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
    """The token ids of a prompt of `render`, for a model that is not wrapped in a `LanguageModel`."""
    encoding = EncoderDecoderEncoding(tokenizer) if is_encoder_decoder(model) else CausalEncoding(tokenizer)
    return list(encoding.prompt(prompt).tokens)
