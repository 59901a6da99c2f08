"""A training step that computes the common prefix of its batch once.

    plain step:   rows x (shared + own) tokens
    shared step:  the shared tokens once, then rows x own tokens

The system turn and the wording of the task are the same in every row, so a causal model computes the same keys and
values for them in every row. The shared step computes them as one row and repeats the resulting cache for all rows.
Gradients add up over the copies. Loss and gradients equal those of the plain step up to rounding.
"""

from __future__ import annotations

from typing import Any

import torch

from harness.models.prefix import run_prefix

FEWEST = 16
"""Fewest shared tokens for which a shared step is tried: it costs a second call of the model."""

TOLERANCE = {False: 1e-3, True: 0.05}
"""Largest difference in nats between the losses of the two steps. Key: whether products are in bfloat16 (8 bits)."""


def shared_tokens(input_ids: Any, labels: Any) -> int:
    """Number of leading tokens that all rows share, such that neither they nor the next token have a label.

    `input_ids` and `labels`: shape (batch, length), padded on the right; -100 where there is no label.
    """
    same = (input_ids == input_ids[0]).all(0).long().cumprod(0).sum()
    free = (labels == -100).all(0).long().cumprod(0).sum() - 1
    return max(min(int(same), int(free)), 0)


def behind_prefix(model: Any, inputs: dict[str, Any], *, shared: int) -> dict[str, Any]:
    """The batch without its first `shared` tokens, with the cache that the model computed for them.

    Pass the result to `harness.models.prefix.reader` of the model.
    """
    prefix = run_prefix(model, inputs["input_ids"][0, :shared].tolist())
    rest, mask = inputs["input_ids"][:, shared:], inputs["attention_mask"]
    return {
        "input_ids": rest,
        "attention_mask": torch.cat((mask.new_ones(len(rest), prefix.length), mask[:, shared:]), dim=1),
        "labels": inputs["labels"][:, shared:],
        "past_key_values": prefix.cache(len(rest)),
    }


def can_share(model: Any) -> bool:
    """Whether the model allows shared steps.

    Activation checkpointing does not: recomputed activations get no cache (huggingface/peft#2191). Dropout does not:
    it would be the same in all rows.
    """
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    if getattr(inner, "is_gradient_checkpointing", False) or getattr(inner.config, "is_encoder_decoder", False):
        return False
    return not any(isinstance(layer, torch.nn.Dropout) and layer.p > 0 for layer in model.modules())
