"""Fold an adapter into the weights it stands beside: the model is a plain one again, and answers as fast."""

from __future__ import annotations

from collections import Counter
from typing import Any

from harness.errors import RunFailed
from harness.models.parameter_count import is_four_bit


def can_fold(model: Any) -> bool:
    """Whether the adapter changes weights only, and those can take up the change without another rounding."""
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
    """The plain model; one without an adapter comes back as it is. `of`: whose, for the error.

    Raises:
        RunFailed: its adapter is not of a kind that weights can take up.
    """
    if hasattr(model, "bottlenecks"):
        raise RunFailed(f"refused: {of} has layers of its own, which no weight of the base can take up")
    if not hasattr(model, "peft_config"):
        return model
    if not hasattr(model, "merge_and_unload"):
        raise RunFailed(f"refused: {of} learnt virtual tokens, which no weight of the base can take up")
    if changes_tied_weights(model):
        raise RunFailed(f"refused: the adapter of {of} changes a layer that shares its weight with the embeddings")
    if is_four_bit(model):
        raise RunFailed(f"refused: the base of {of} has 4-bit weights, which would round the change away")
    try:
        return model.merge_and_unload()
    except (NotImplementedError, AttributeError, ValueError) as error:
        kind = model.active_peft_config.peft_type.value
        raise RunFailed(f"refused: peft cannot merge {kind} of {of}: {error}") from error
