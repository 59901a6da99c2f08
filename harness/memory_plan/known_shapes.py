"""Published shapes of well-known language models, for memory plans without a download.

A shape is what the model's public config.json says about the sizes of its tensors. Settings that change no size, such
as the base frequency of the rotary embedding, are left at the defaults of transformers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shape:
    """Sizes of one decoder-only language model."""

    model_type: str
    """As transformers calls the architecture."""
    hidden: int
    """Width of the residual stream."""
    intermediate: int
    """Width of the feed-forward network."""
    layers: int
    heads: int
    key_value_heads: int
    vocabulary: int
    """Tokens, including unused rows of the embedding."""
    positions: int
    """Longest row of tokens."""
    tied: bool = False
    """Whether the output layer is the input embedding."""
    head_size: int | None = None
    """Width of a head; `hidden / heads` where it is not given."""

    def config(self) -> Any:
        """The configuration of transformers with these sizes."""
        from transformers import AutoConfig

        extra: dict[str, Any] = {} if self.head_size is None else {"head_dim": self.head_size}
        if self.model_type == "mistral":
            extra["sliding_window"] = None  # transformers assumes the window of v0.1
        return AutoConfig.for_model(
            self.model_type,
            hidden_size=self.hidden,
            intermediate_size=self.intermediate,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            num_key_value_heads=self.key_value_heads,
            vocab_size=self.vocabulary,
            max_position_embeddings=self.positions,
            tie_word_embeddings=self.tied,
            **extra,
        )


SHAPES = {
    # LLaMA (arXiv 2302.13971, table 2) and Llama 2 (arXiv 2307.09288)
    "llama-65b": Shape("llama", 8192, 22016, 80, 64, 64, vocabulary=32_000, positions=2048),
    "llama-2-7b": Shape("llama", 4096, 11008, 32, 32, 32, vocabulary=32_000, positions=4096),
    "llama-2-13b": Shape("llama", 5120, 13824, 40, 40, 40, vocabulary=32_000, positions=4096),
    "llama-2-70b": Shape("llama", 8192, 28672, 80, 64, 8, vocabulary=32_000, positions=4096),
    # Llama 3 (arXiv 2407.21783, table 3); 3.1 differs from 3 in the length only
    "llama-3-8b": Shape("llama", 4096, 14336, 32, 32, 8, vocabulary=128_256, positions=8192),
    "llama-3-70b": Shape("llama", 8192, 28672, 80, 64, 8, vocabulary=128_256, positions=8192),
    "llama-3.1-8b": Shape("llama", 4096, 14336, 32, 32, 8, vocabulary=128_256, positions=131_072),
    "llama-3.1-70b": Shape("llama", 8192, 28672, 80, 64, 8, vocabulary=128_256, positions=131_072),
    "llama-3.2-1b": Shape("llama", 2048, 8192, 16, 32, 8, vocabulary=128_256, positions=131_072, tied=True),
    "llama-3.2-3b": Shape("llama", 3072, 8192, 28, 24, 8, vocabulary=128_256, positions=131_072, tied=True),
    # Qwen2.5 (arXiv 2412.15115)
    "qwen2.5-0.5b": Shape("qwen2", 896, 4864, 24, 14, 2, vocabulary=151_936, positions=32_768, tied=True),
    "qwen2.5-1.5b": Shape("qwen2", 1536, 8960, 28, 12, 2, vocabulary=151_936, positions=131_072, tied=True),
    "qwen2.5-7b": Shape("qwen2", 3584, 18944, 28, 28, 4, vocabulary=152_064, positions=131_072),
    # Mistral 7B (arXiv 2310.06825); v0.3 has a larger vocabulary and no sliding window
    "mistral-7b-v0.3": Shape("mistral", 4096, 14336, 32, 32, 8, vocabulary=32_768, positions=32_768),
    # Gemma 2 (arXiv 2408.00118, table 1)
    "gemma-2-2b": Shape("gemma2", 2304, 9216, 26, 8, 4, vocabulary=256_000, positions=8192, tied=True, head_size=256),
    "gemma-2-9b": Shape("gemma2", 3584, 14336, 42, 16, 8, vocabulary=256_000, positions=8192, tied=True, head_size=256),
    # SmolLM2 (arXiv 2502.02737)
    "smollm2-135m": Shape("llama", 576, 1536, 30, 9, 3, vocabulary=49_152, positions=8192, tied=True),
    "smollm2-360m": Shape("llama", 960, 2560, 32, 15, 5, vocabulary=49_152, positions=8192, tied=True),
    "smollm2-1.7b": Shape("llama", 2048, 8192, 24, 32, 32, vocabulary=49_152, positions=8192, tied=True),
}
"""Name for `harness memory --model` -> shape."""
