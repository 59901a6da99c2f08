"""How many tokens a language model can read."""

from __future__ import annotations

from typing import Any

UNKNOWN = 2048
"""Tokens where neither model nor tokenizer names a limit (the default of lm-eval)."""

NO_LIMIT = 10**20
"""A tokenizer without a limit names a number above this one (`VERY_LARGE_INTEGER` of transformers)."""

LIMITS = ("n_positions", "max_position_embeddings", "n_ctx")
"""Names of the limit in configurations, in the order in which lm-eval looks for them."""


def max_length(model: Any, tokenizer: Any) -> int:
    """Tokens of text that fit, at least 2: positions by lm-eval's rule (`resolve_max_length`), without those that the
    virtual tokens of prompt learning take.
    """
    virtual = getattr(getattr(model, "active_peft_config", None), "num_virtual_tokens", None)
    return max(_positions(model.config, tokenizer) - (virtual or 0), 2)


def _positions(config: Any, tokenizer: Any) -> int:
    text = getattr(config, "text_config", None) or config
    known = (getattr(text, name, None) for name in LIMITS)
    found = next((limit for limit in known if limit is not None), getattr(tokenizer, "model_max_length", None))
    return UNKNOWN if found is None or found >= NO_LIMIT else int(found)
