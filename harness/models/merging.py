"""Merge an adapter into the base weights, so that the model is a plain one again and answers as fast."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import Any

from harness.errors import RunFailed
from harness.models.parameter_count import is_four_bit


def can_fold(model: Any) -> bool:
    """Whether the adapter only changes weights and all weights are float32, so that merging rounds nothing."""
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

    Weights in bfloat16 are merged in float32 and rounded once: added in bfloat16, a small change of a weight would
    first be rounded itself, and then be lost beside the weight.

    `of`: the run that trained the adapter, for the error.

    Raises:
        RunFailed: this kind of adapter cannot be merged into weights.
    """
    reason = why_not_merged(model)
    if reason:
        raise RunFailed(f"refused: the adapter of {of} {reason}")
    if not hasattr(model, "peft_config"):
        return model
    try:
        _merge_narrow_layers(model)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "All adapters are already merged")
            return model.merge_and_unload()
    except (NotImplementedError, AttributeError, ValueError) as error:
        raise RunFailed(f"refused: peft cannot merge the {_kind(model)} adapter of {of}: {error}") from error


def _merge_narrow_layers(model: Any) -> None:
    """Merge the adapter of each layer with 16-bit weights, one layer at a time, so that little memory is needed."""
    import torch
    from peft.tuners.tuners_utils import BaseTunerLayer

    for layer in model.modules():
        if not isinstance(layer, BaseTunerLayer):
            continue
        base = layer.get_base_layer()
        dtype = getattr(getattr(base, "weight", None), "dtype", None)
        if dtype in (torch.bfloat16, torch.float16):
            layer.float()
            layer.merge()
            base.to(dtype)


def why_not_merged(model: Any) -> str | None:
    """The end of a sentence about the model's adapter; null if it can be merged, or if there is no adapter."""
    if hasattr(model, "bottlenecks"):
        return "consists of further layers, which cannot be merged into the base weights"
    if not hasattr(model, "peft_config"):
        return None
    if model.active_peft_config.is_prompt_learning:
        return "consists of virtual tokens, which cannot be merged into the base weights"
    if not hasattr(model, "merge_and_unload"):
        return f"has the type {_kind(model)}, which peft cannot merge"
    if changes_tied_weights(model):
        return "changes a layer that shares its weight with the embeddings"
    if is_four_bit(model):
        return "belongs to a base with 4-bit weights, and rounding to 4 bits would lose the change"
    return None


def _kind(model: Any) -> str:
    """Type of the adapter, as peft spells it."""
    return str(model.active_peft_config.peft_type.value)
