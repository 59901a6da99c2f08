"""A training step that reads once what all rows of its batch begin with.

    plain:   rows x (shared + own) tokens      here: the shared tokens once, then rows x own

The system turn and the wording of the task are the same in every row, and with a causal model their keys and values
are the same, too. So the step runs them as one row, and the rows' own tokens behind copies of what it gave; gradients
add up over the copies. Loss and gradients are those of the plain step but for rounding.
"""

from __future__ import annotations

from typing import Any

import torch

from harness.models.prefix import run_prefix

FEWEST = 16
"""Shared tokens below which it is not tried: a second call of the model has a price, too."""

TOLERANCE = {False: 1e-3, True: 0.05}
"""Nats by which the losses of the two ways may differ; true: products are in bfloat16, which keeps 8 bits."""


def shared_tokens(input_ids: Any, labels: Any) -> int:
    """Leading tokens that all rows have in common, of which none and not the one behind them is labelled.

    `input_ids` and `labels`: (batch, length), padded on the right; -100 where there is no label.
    """
    same = (input_ids == input_ids[0]).all(0).long().cumprod(0).sum()
    free = (labels == -100).all(0).long().cumprod(0).sum() - 1
    return max(min(int(same), int(free)), 0)


def behind_prefix(model: Any, inputs: dict[str, Any], *, shared: int) -> dict[str, Any]:
    """The batch without its first `shared` tokens, and what the model made of those.

    For `harness.models.prefix.reader` of the model.
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
    """Whether nothing in the model forbids it: recomputed activations get no cache (peft#2191), dropout would be the
    same in all rows."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    if getattr(inner, "is_gradient_checkpointing", False) or getattr(inner.config, "is_encoder_decoder", False):
        return False
    return not any(isinstance(layer, torch.nn.Dropout) and layer.p > 0 for layer in model.modules())
