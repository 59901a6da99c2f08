"""The configuration of a model: from a folder, a config.json, the hub, or a built-in shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.errors import ConfigError

LLAMA: dict[str, dict[str, int]] = {
    "llama-2-7b": {"hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32},
    "llama-2-13b": {
        "hidden_size": 5120,
        "intermediate_size": 13824,
        "num_hidden_layers": 40,
        "num_attention_heads": 40,
    },
    "llama-65b": {"hidden_size": 8192, "intermediate_size": 22016, "num_hidden_layers": 80, "num_attention_heads": 64},
    "llama-2-70b": {
        "hidden_size": 8192,
        "intermediate_size": 28672,
        "num_hidden_layers": 80,
        "num_attention_heads": 64,
        "num_key_value_heads": 8,
    },
}
"""Shapes as published: LLaMA (arXiv 2302.13971, table 2), Llama 2 (arXiv 2307.09288); 32,000 tokens, head not tied."""


def model_config(name: str) -> Any:
    """The transformers configuration that `name` stands for; no weights are looked at.

    Raises:
        ConfigError: it is no such thing, or holds no configuration transformers knows.
    """
    from transformers import AutoConfig, LlamaConfig

    if name in LLAMA:
        return LlamaConfig(vocab_size=32000, tie_word_embeddings=False, **LLAMA[name])
    path = Path(name)
    if path.exists():
        return _local(path)
    try:
        return AutoConfig.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f'no model configuration "{name}"',
            where="--model",
            expected=f"a folder, a config.json, a name the hub answers to, or one of {', '.join(LLAMA)}",
            hint="the hub is asked unless HF_HUB_OFFLINE=1 is set; save its config.json and give that file",
        ) from error


def _local(path: Path) -> Any:
    from transformers import AutoConfig

    file = path / "config.json" if path.is_dir() else path
    try:
        kind = json.loads(file.read_text(encoding="utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigError(
            "no model configuration here", where=str(file), expected="a config.json of transformers"
        ) from error
    try:
        return AutoConfig.from_pretrained(file)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ConfigError(
            f"transformers knows no model of type {kind!r}" if kind else "it names no `model_type`", where=str(file)
        ) from error
