"""Merge an adapter into the base weights, so that the model is a plain one again and answers as fast."""

from __future__ import annotations

from collections import Counter
from typing import Any

from harness.errors import RunFailed
from harness.models.parameter_count import is_four_bit


def can_fold(model: Any) -> bool:
    """Whether the adapter only changes weights, and the weights are in float32, so that merging rounds nothing."""
    import torch

    exact = all(parameter.dtype == torch.float32 for parameter in model.parameters())
    return hasattr(model, "merge_and_unload") and exact and not changes_tied_weights(model)


def changes_tied_weights(model: Any) -> bool:
    """Whether the adapter wraps a layer whose weight another layer uses too, such as an output layer that is tied to
    the embeddings: merging it would change both layers (huggingface/peft#2777)."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    users = Counter(id(weight) for layer in model.modules() for weight in layer.parameters(recurse=False))
    wrapped = [layer.get_base_layer() for layer in model.modules() if isinstance(layer, BaseTunerLayer)]
    return any(users[id(weight)] > 1 for layer in wrapped for weight in layer.parameters(recurse=False))


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
    if changes_tied_weights(model):
        raise RunFailed(f"refused: the adapter of {of} changes a layer that shares its weight with the embeddings")
    if is_four_bit(model):
        raise RunFailed(f"refused: the base of {of} has 4-bit weights, and rounding to 4 bits would lose the change")
    try:
        return model.merge_and_unload()
    except (NotImplementedError, AttributeError, ValueError) as error:
        kind = model.active_peft_config.peft_type.value
        raise RunFailed(f"refused: peft cannot merge the {kind} adapter of {of}: {error}") from error
