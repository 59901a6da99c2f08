"""What is trained is float32 on every device, also where the frozen weights are bfloat16.

bfloat16 keeps 8 bits: an optimiser step below 1/512 of a weight would be rounded away, and so would small changes
of Adam's moments. Autocast still multiplies matrices in bfloat16 (Micikevicius et al. 2018, arXiv 1710.03740).
"""

from __future__ import annotations

import dataclasses
from contextlib import AbstractContextManager
from typing import Any

from harness.measure.device import Device
from harness.training.contract import LoadContext


def keep_in_float32(model: Any) -> Any:
    """Convert every parameter that requires a gradient to float32, in place, and return the model.

    Peft creates most adapters in float32 itself, but copies of the base's own layers (`modules_to_save`) have the
    base's dtype.
    """
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    return model


def loaded_in_float32(context: LoadContext) -> LoadContext:
    """The context for a start model whose weights are all trained, so that loading must not round them to bfloat16."""
    parents = {role: loaded_in_float32(parent) for role, parent in context.parents.items()}
    return dataclasses.replace(context, device=context.device.in_float32(), parents=parents)


def as_trained(device: Device) -> AbstractContextManager[Any]:
    """Compute outputs of a model in training: under autocast where its frozen weights are bfloat16.

    Without autocast, a layer cannot multiply bfloat16 weights with the float32 outputs of a trained layer before it.
    """
    import torch

    return torch.autocast(device.kind, torch.bfloat16, enabled=device.dtype == "bfloat16")
