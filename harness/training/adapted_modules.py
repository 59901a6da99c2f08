"""Does an adapter find its places in the model, and does its size make sense there?"""

from __future__ import annotations

import re
from typing import Any

from harness.errors import ConfigError


def require_targets(model: Any, config: Any, *, where: str) -> None:
    """Refuse a list of target modules of which one is not in the model: peft only minds if none is.

    Raises:
        ConfigError: naming those that there are.
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
        told = ", ".join(f'"{name}"' for name in missing)
        raise ConfigError(f"the model has no module {told}", where=f"{where}.target_modules", hint=linear_layers(model))


def require_small_ranks(model: Any, *, where: str) -> None:
    """Refuse low-rank updates of a higher rank than the weights they update: more parameters and nothing gained.

    Raises:
        ConfigError: naming the narrowest layer.
    """
    from peft.tuners.lora import LoraLayer

    layers = [(min(m.in_features, m.out_features), name, m) for name, m in model.named_modules() if _is(m, LoraLayer)]
    for smallest, name, layer in sorted(layers, key=lambda entry: entry[:2]):
        rank = max((value for value in layer.r.values() if isinstance(value, int)), default=0)
        if rank > smallest:
            raise ConfigError(
                f"the rank is {rank}, above the smallest dimension of a layer it adapts",
                where=f"{where}.r",
                expected=f"at most {smallest}, for {name.removeprefix('base_model.model.')}",
            )


def _is(module: Any, kind: type) -> bool:
    return isinstance(module, kind) and getattr(module, "in_features", None) is not None


def linear_layers(model: Any) -> str:
    """For a hint: the last parts of their names."""
    import torch
    from transformers.pytorch_utils import Conv1D

    kinds = (torch.nn.Linear, Conv1D)
    names = {name.rsplit(".", 1)[-1] for name, layer in model.named_modules() if isinstance(layer, kinds)}
    return f"linear layers of this model: {', '.join(sorted(names))}"
