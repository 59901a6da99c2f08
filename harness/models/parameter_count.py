"""How many parameters a model has. A packed 4-bit weight counts as one parameter."""

from __future__ import annotations

import math
from typing import Any


def count_parameters(model: Any) -> tuple[int, int]:
    """(trainable, all). bitsandbytes stores two 4-bit weights in a byte, so that `numel` reports half of them."""
    sizes = [(_size(parameter), parameter.requires_grad) for parameter in model.parameters()]
    return sum(size for size, learns in sizes if learns), sum(size for size, _ in sizes)


def _size(parameter: Any) -> int:
    state = getattr(parameter, "quant_state", None)
    return int(parameter.numel()) if state is None else math.prod(state.shape)


def is_four_bit(model: Any) -> bool:
    """Whether any weight is quantised to 4 bits."""
    return any(getattr(parameter, "quant_state", None) is not None for parameter in model.parameters())
