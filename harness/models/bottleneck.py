"""Bottleneck adapters: two small layers and a residual behind a block's attention and feed-forward parts.

    x --> attention --> o --> o + up(gelu(down(o))) --(+ x)--> feed-forward --> ... the same again

Placement `houlsby` (Houlsby et al. 2019): behind both parts. `pfeiffer` (Pfeiffer et al. 2021): behind the feed-forward
part only, which is half as many layers. The adapters are attached by hooks, so that the base keeps its classes and the
names of its weights. In blocks whose two parts run in parallel (GPT-NeoX, Phi) each part is adapted before they are
added.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from harness.errors import ConfigError

ATTENTION = ("self_attn", "attn", "attention")
FEED_FORWARD = ("mlp", "feed_forward", "fc2")
"""Names of the parts in Llama, GPT-2 and GPT-NeoX. OPT has no feed-forward module; its last such layer is `fc2`."""

PLACEMENTS = {"houlsby": (ATTENTION, FEED_FORWARD), "pfeiffer": (FEED_FORWARD,)}


class Bottleneck(nn.Module):
    """`o + up(gelu(down(o)))`. `up` starts at zero, so that before training the model computes what the base does."""

    def __init__(self, dimension: int, bottleneck: int) -> None:
        super().__init__()
        self.down = nn.Linear(dimension, bottleneck)
        self.up = nn.Linear(bottleneck, dimension)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, output: torch.Tensor) -> torch.Tensor:
        """Shape and dtype of the output stay the same; the adapter computes in float32 beside a bfloat16 base."""
        narrow = nn.functional.gelu(self.down(output.to(self.down.weight.dtype)))
        adapted: torch.Tensor = output + self.up(narrow).to(output.dtype)
        return adapted


class Bottlenecks(nn.ModuleList):
    """All adapters of a model, layer by layer."""

    placed: dict[str, Any]
    """The arguments of `attach`, `placement` and `bottleneck`, with which the adapters can be made again."""


def attach(model: Any, *, placement: str, bottleneck: int) -> None:
    """Freeze the model and attach an adapter behind the chosen parts of each layer, as `model.bottlenecks`.

    Raises:
        ConfigError: the bottleneck is below 1 or wider than the model, or a layer has no part of a known name.
    """
    dimension = model.config.get_text_config().hidden_size
    if not 1 <= bottleneck <= dimension:
        raise ConfigError(f"the bottleneck is {bottleneck}", expected=f"1 to {dimension}, the model's hidden size")
    model.requires_grad_(False)
    parts = [_part(layer, names) for layer in _layers(model) for names in PLACEMENTS[placement]]
    adapters = Bottlenecks(Bottleneck(dimension, bottleneck) for _ in parts)
    adapters.placed = {"placement": placement, "bottleneck": bottleneck}
    for adapter, part in zip(adapters, parts, strict=True):
        part.register_forward_hook(_behind(adapter))
    model.bottlenecks = adapters.to(model.device)


def _layers(model: Any) -> Iterator[Any]:
    wanted = model.config.get_text_config().num_hidden_layers
    for module in model.modules():
        if isinstance(module, nn.ModuleList) and len(module) == wanted:
            return iter(module)
    raise ConfigError(f"{type(model).__name__} has no list of {wanted} layers to attach adapters to")


def _part(layer: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        if hasattr(layer, name):
            return getattr(layer, name)
    there = ", ".join(name for name, _ in layer.named_children())
    raise ConfigError(
        f"{type(layer).__name__} has no {' or '.join(names)} to attach an adapter to", hint=f"it has {there}"
    )


def _behind(adapter: nn.Module) -> Any:
    """A hook that adapts a part's output; attention returns a tuple, whose first entry is the output."""

    def adapt(part: Any, inputs: Any, output: Any) -> Any:
        return (adapter(output[0]), *output[1:]) if isinstance(output, tuple) else adapter(output)

    return adapt
