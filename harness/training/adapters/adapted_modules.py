"""Checks of an adapter against the model: do its target modules exist, and is its rank not too high?"""

from __future__ import annotations

import re
from typing import Any

from harness.errors import RunFailed


def require_targets(model: Any, config: Any) -> None:
    """Refuse target modules of which one does not exist in the model. peft itself only objects if none exists.

    Raises:
        RunFailed: it lists the linear layers of the model.
    """
    wanted = getattr(config, "target_modules", None)
    if wanted is None or wanted == "all-linear":
        return
    names = [name for name, _ in model.named_modules()]
    if isinstance(wanted, str):
        missing = [] if any(re.fullmatch(wanted, name) for name in names) else [wanted]
    else:
        missing = sorted(one for one in wanted if not any(f".{name}".endswith(f".{one}") for name in names))
    if missing:
        quoted = ", ".join(f'"{name}"' for name in missing)
        raise RunFailed(f"refused: the model has no target module {quoted} ({linear_layers(model)})")


def require_small_ranks(model: Any) -> None:
    """Refuse a LoRA rank above the smaller dimension of a weight: it adds parameters and no new updates.

    Raises:
        RunFailed: it names the narrowest layer.
    """
    from peft.tuners.lora import LoraLayer

    layers = [(min(m.in_features, m.out_features), name, m) for name, m in model.named_modules() if _is(m, LoraLayer)]
    for smallest, name, layer in sorted(layers, key=lambda entry: entry[:2]):
        rank = max((value for value in layer.r.values() if isinstance(value, int)), default=0)
        if rank > smallest:
            place = name.removeprefix("base_model.model.")
            raise RunFailed(f"refused: the rank is {rank}, but {place} allows at most {smallest}")


def _is(module: Any, kind: type) -> bool:
    return isinstance(module, kind) and getattr(module, "in_features", None) is not None


def linear_layers(model: Any) -> str:
    """A note for a reason: the last part of the name of each linear layer."""
    import torch
    from transformers.pytorch_utils import Conv1D

    kinds = (torch.nn.Linear, Conv1D)
    names = {name.rsplit(".", 1)[-1] for name, layer in model.named_modules() if isinstance(layer, kinds)}
    return f"linear layers of this model: {', '.join(sorted(names))}"
