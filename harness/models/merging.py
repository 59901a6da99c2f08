"""Merge an adapter into the base weights, so that the model is a plain one again and answers as fast."""

from __future__ import annotations

from typing import Any

from harness.errors import RunFailed
from harness.models.parameter_count import is_four_bit


def can_fold(model: Any) -> bool:
    """Whether the adapter only changes weights, and the weights are in float32, so that merging rounds nothing."""
    import torch

    exact = all(parameter.dtype == torch.float32 for parameter in model.parameters())
    return hasattr(model, "merge_and_unload") and exact


def fold_in(model: Any, *, of: str) -> Any:
    """The plain model with the adapter merged; a model without an adapter is returned as it is.

    `of`: the run that trained the adapter, for the error.

    Raises:
        RunFailed: this kind of adapter cannot be merged into weights.
    """
    if hasattr(model, "bottlenecks"):
        raise RunFailed(f"refused: the adapter of {of} is further layers, which cannot be merged into the base weights")
    if not hasattr(model, "peft_config"):
        return model
    if not hasattr(model, "merge_and_unload"):
        raise RunFailed(f"refused: {of} learnt virtual tokens, which cannot be merged into the base weights")
    if is_four_bit(model):
        raise RunFailed(f"refused: the base of {of} has 4-bit weights, and rounding to 4 bits would lose the change")
    try:
        return model.merge_and_unload()
    except (NotImplementedError, AttributeError, ValueError) as error:
        kind = model.active_peft_config.peft_type.value
        raise RunFailed(f"refused: peft cannot merge the {kind} adapter of {of}: {error}") from error
