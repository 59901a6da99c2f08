"""A padding token that is not the end token."""

from __future__ import annotations

from typing import Any

from harness.errors import RunFailed


def pad_apart_from_end(tokenizer: Any) -> int:
    """Make sure that the tokenizer pads with another token than the one that ends an answer; the id of that token.

    Where both are the same, whatever tells padding apart by its id loses the end of every answer: a reward model reads
    its score one token too early, and a policy never learns to stop. SmolLM2-Instruct is such a model.

    Raises:
        RunFailed: the tokenizer has no special token that stands in no prompt.
    """
    end = tokenizer.eos_token
    if tokenizer.pad_token in (None, end):
        in_prompts = tokenizer.chat_template or ""
        special = [tokenizer.unk_token, *tokenizer.all_special_tokens]
        free = [one for one in special if one and one not in (end, tokenizer.bos_token) and one not in in_prompts]
        if not free:
            raise RunFailed("refused: the tokenizer has no special token to pad with that stands in no prompt")
        tokenizer.pad_token = free[0]
    return int(tokenizer.pad_token_id)
